"""Jobs in the background (OCA queue_job).

The model keeps no creation or write dates. A failed job waits until somebody requeues it, so it counts as open; jobs
that are done or cancelled are cleared away by Odoo after some weeks and stay here. What failed more than once shows
only in the chatter. The traceback is not read.
"""

from etl.source import Source, column

SOURCE = Source(
    model="queue.job",
    without="no OCA queue: background jobs and their failures cannot be measured",
    kind="unstamped",
    cursor="date_done",
    sweep="open",
    created="date_created",
    tracked=("exc_message",),
    open_domain=(("state", "not in", ("done", "cancelled")),),
    fields={
        "uuid": column("char"),
        "graph_uuid": column("char"),
        "name": column("char", person=True, mask="text"),
        "state": column("selection"),
        "document_model": column("char", "model_name"),
        "method": column("char", "method_name"),
        "records": column("char", "func_string", mask="records"),
        "channel": column("char"),
        "function_id": column("many2one", "job_function_id"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "priority": column("integer"),
        "retry": column("integer"),
        "max_retries": column("integer"),
        "exc_name": column("char", only="queue_job 14.0.3 and later"),
        "exc_message": column("char", person=True, mask="text", only="queue_job 14.0.3 and later"),
        "result": column("text", person=True, mask="text"),
        "execution_seconds": column("float", "exec_time", only="queue_job 14.0.3 and later"),
        "created_at": column("datetime", "date_created"),
        "eligible_at": column("datetime", "eta"),
        "enqueued_at": column("datetime", "date_enqueued"),
        "started_at": column("datetime", "date_started"),
        "done_at": column("datetime", "date_done"),
        "cancelled_at": column("datetime", "date_cancelled", only="queue_job 14.0.2 and later"),
    },
)
