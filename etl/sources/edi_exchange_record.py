"""Exchanges of documents with other systems (OCA edi). The documents themselves and tracebacks are not read."""

from etl.source import Source, column

SOURCE = Source(
    model="edi.exchange.record",
    without="no OCA EDI: exchanges with other systems and their failures cannot be measured",
    fields={
        "identifier": column("char"),
        "external_identifier": column("char"),
        "type_id": column("many2one"),
        "backend_id": column("many2one"),
        "document_model": column("char", "model"),
        "document_id": column("integer", "res_id"),
        "state": column("selection", "edi_exchange_state"),
        "error": column("text", "exchange_error", person=True, mask="text"),
        "parent_id": column("many2one"),
        "answer_id": column("many2one", "ack_exchange_id"),
        "exchanged_at": column("datetime", "exchanged_on"),
        "company_id": column("many2one", only="later versions of OCA edi"),
        "active": column("boolean", only="later versions of OCA edi"),
        "created_at": column("datetime", "create_date"),
        "changed_at": column("datetime", "write_date"),
    },
)
