"""What failures have in common: the text of an error without what differs from run to run, and a key made of it.

Masked are numbers, dates, references, ids, addresses, quoted values and names as far as they can be told from words;
kept are status codes and the names of fields, tables and constraints, which tell one error from another. The same text
has the same pattern on every day and every machine, so what was decided about an issue holds as long as VERSION does.
"""

from __future__ import annotations

import hashlib
import html
import re
from http import HTTPStatus

VERSION = 1  # of the patterns and the key: with another one every issue is a new one
MARK = "…"
LENGTH = 240  # characters of a pattern: what comes later is seldom the error, and may have been cut off


def pattern(text: str | None) -> str:
    """The text of an error with MARK in place of all that differs from run to run; empty where there is none."""
    text = _quotes_masked(_said(text or ""))
    for sign, address in _ADDRESS:
        if sign in text:
            text = address.sub(MARK, text)
    text = _NUMBER.sub(_number_masked, text)
    if MARK in text:
        text = _DATE.sub(f" {MARK}", text)
    text = _CAPITALISED.sub(_name_masked, text)
    for ugly, instead in _TIDY:
        text = ugly.sub(instead, text)
    return text.strip()[:LENGTH].strip()


def key(source: str, instance: str | None, flow: str | None, code: str | None, pattern: str) -> str:
    """The key of the issue: e, VERSION and twelve hexadecimal digits."""
    said = "\0".join(part or "" for part in (source, instance, flow, code, pattern)).casefold()
    return f"e{VERSION}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"


def _said(text: str) -> str:
    """The line that tells what went wrong: of a traceback the last, of a JSON body its messages, of HTML its text."""
    if _TRACEBACK in text:
        lines = [line for line in text.splitlines() if line.strip()]
        text = next((line for line in reversed(lines) if not line[0].isspace() and _TRACEBACK not in line), text)
    if "{" in text:
        text = _BODY.sub(lambda body: _told(body[0]), text)
    if "<" in text:
        text = " ".join(html.unescape(_TAG.sub(" ", text)).split())
    if wrapped := _WRAPPED.match(text.strip()):
        text = wrapped[2]
    first, *others = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    if not (first.endswith(":") and others):
        return first
    if others[0][0] not in "-*•":
        return f"{first} {others[0]}"
    return " ".join([first, *sorted(set(_MODEL.findall(" ".join(others))))])  # a list is as long as it happens to be


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACEBACK = "Traceback (most recent call last)"
_BODY = re.compile(r"""\{\s*\\?["'].*(?:\}|\Z)""", re.DOTALL)
_PAIR = re.compile(
    r"""\\?["'](\w+)\\?["']\s*:\s*(?:\\?"((?:[^"\\]|\\[^"])*)|\\?'((?:[^'\\]|\\[^'])*)|([^\s,{}\[\]"']+))""",
)
_TELLING = _words(
    """message msg error detail details title reason description type code status errormessage errordescription
    errorcode
    statuscode faultstring faultcode"""
)
_TAG = re.compile(
    r"<(style|script)\b.*?</\1>|<![^<>]*>"
    r"""|</?[a-z][a-z0-9]*(?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*\s*/?>""",
    re.DOTALL | re.IGNORECASE,
)
_MODEL = re.compile(r"\([a-z]+(?:[._][a-z]+)+\)")  # which model or field, as Odoo puts it behind its label
_WRAPPED = re.compile(r"""\(\s*(["'])(.*)\1\s*,\s*(?:None|''|"")?\s*\)\Z""", re.DOTALL)  # as Python prints an exception


def _told(body: str) -> str:
    """What a JSON body says of its error: "code=INVALID, message=Unknown article"."""
    pairs = sorted((name.replace("_", "").lower(), "".join(values)) for name, *values in _PAIR.findall(body))
    return ", ".join(f"{name}={value}" for name, value in pairs if name in _TELLING and value) or MARK


def _quotes_masked(text: str) -> str:
    if not _QUOTE.search(text):
        return text
    return _UNCLOSED.sub(MARK, _QUOTED.sub(_quoted, text))


def _quoted(found: re.Match) -> str:
    """A quoted value masked; a technical name, or what an inner error says, without its quotes."""
    inside = found[found.lastindex or 0]
    if _TECHNICAL.fullmatch(inside) or _SAYS.search(inside):
        return inside
    is_field = inside.isidentifier() and _FIELD.search(found.string, 0, found.start())
    return inside if is_field else MARK


_QUOTE = re.compile("[\"'“„«‘`「]")
_QUOTED = re.compile(
    r""""([^"\n]*)"|(?:\bb|(?<!\w))'((?:[^'\n]|(?<=\w)'(?=\w))*)'(?!\w)|“([^”\n]*)”|„([^“”"\n]*)[“”"]|«([^»\n]*)»"""
    r"""|‘([^’\n]*)’|`([^`\n]*)`|「([^」\n]*)」"""
)
_UNCLOSED = re.compile(r"""["“„«‘「][^"“”„«»‘’「」]*\Z|(?<!\w)'(?!.*\w'\w)[^']*\Z""")  # the text was cut off
_TECHNICAL = re.compile(r"[a-z]+(?:[_.][a-z]+)+")
_SAYS = re.compile(r"\b(?:\w*error|errno|failed|refused|timed out|cannot|could not|unable)\b", re.IGNORECASE)
_FIELD = re.compile(
    r"\b(?:attribute|column|constraint|relation|table|field|key|argument|parameter|property|method|function"
    r"|KeyError|NameError|feld|spalte|champ|colonne|campo|columna|colonna|veld)\W*\Z",
    re.IGNORECASE,
)

# Each with a sign that must be there, so that most are not looked for.
_ADDRESS = (
    ("://", re.compile(r"""\b\w+://[^\s"'<>)]+""")),
    ("@", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[", re.compile(r"\w*\[(?:e-mail|secret|account|phone|number)\]\w*")),  # what was masked before it was landed
    ("[", re.compile(r"(?<=\[)(?!(?:ERROR|WARN|WARNING|INFO|FATAL|CRITICAL|DEBUG)\])[A-Z][A-Z0-9_.-]*(?=\])")),
    ("/", re.compile(r"(?<![\w.])(?:/[\w.~%-]+){2,}/?|\b(?!HTTP/)[A-Z]{2,}(?:/[\w.-]*\w)+")),
)


def _number_masked(found: re.Match) -> str:
    """MARK for what has a digit; the same where the digits are a status, an error code or part of a name."""
    token, whole = found[0], found.string
    if _KEPT.fullmatch(token):
        return token
    if len(token) <= 6 and token[0].isdigit():
        is_code = token.isdigit() and _CODE.search(whole, max(found.start() - 24, 0), found.start())
        if is_code or _STATUS.match(whole, found.start()) or _MAIL_STATUS.search(whole, 0, found.start()):
            return token
    return MARK


_NUMBER = re.compile(r"(?<![\w./#@%+-])[\w./#@%+-]*\d(?:[\w./#@%+-]|[:’'](?=\d))*(?<!\.)", re.ASCII)
_KEPT = re.compile(
    r"(?:psycopg2|urllib3|ipv[46]|utf-?8|base64|oauth2?|http[12]|sha256|md5|x509|n8n)(?:\.[a-z.]+)?|http/[\d.]+|http\d{3}"
    r"|ora-\d+|[245]\d\d-[245]\.\d{1,3}\.\d{1,3}",
    re.IGNORECASE | re.ASCII,
)
_CODE = re.compile(
    r"\b(?:http(?:/[\d.]+)?|status(?:[ _-]?code)?|(?:error|response|return|exit|sql|smtp)[ _-]?(?:code|state)|errno"
    r"|code=)[ :=\[(#-]{0,3}\Z",
    re.IGNORECASE,
)
_STATUS = re.compile(
    "|".join(re.escape(f"{one.value} {one.phrase}") for one in HTTPStatus)
    + r"|[45]\d\d (?:Client|Server) Error|504 Gateway Time-out|\A[45]\d\d - |[245]\d\d [245]\.\d{1,3}\.\d{1,3}\b",
    re.IGNORECASE,
)
_MAIL_STATUS = re.compile(r"\b[245]\d\d \Z")
_MONTH = (
    "jan(?:uary|uari|uar|v|vier|eiro)?|enero|ene|gennaio|gen|feb(?:ruary|ruari|ruar|rero|braio)?|févr?(?:ier)?|fev(?:ereiro)?"
    "|mars|march|märz|marzo|março|maart|mrt|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|mai|mei|mayo|maio|maggio|jun[ei]?|juin|junio"
    "|junho|giugno|giu|jul[yi]?|juil(?:let)?|julio|julho|luglio|lug|aug(?:ust|ustus)?|août|ago(?:sto)?|sept?(?:ember|embre"
    "|iembre)?|settembre|setembro|oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre|ott|outubro|nov(?:ember|embre|iembre|embro)?"
    "|dec(?:ember)?|dez(?:ember|embro)?|déc(?:embre)?|dic(?:iembre|embre)?"
)
_AMBIGUOUS_MONTH = "may|mar|set|out"
_DATE = re.compile(
    rf"(?<={MARK})\.?\s(?:de\s)?(?:(?:{_MONTH})\b\.?(?:\sde(?=\s{MARK}))?|(?:{_AMBIGUOUS_MONTH})\b\.?(?=\s{MARK}))"
    rf"|\b(?:(?:{_MONTH}|{_AMBIGUOUS_MONTH})\b\.?|(?:mon|tue|wed|thu|fri|sat|sun)\w{{0,6}},?)(?=\s(?:de\s)?{MARK})",
    re.IGNORECASE,
)

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁ"
_WORD = rf"[{_UPPER}][\w'’&-]*"
_CAPITALISED = re.compile(rf"(?<![\w{MARK}=._-]){_WORD}(?:\s(?:(?:&|de|du|di|da|del|von|van|der)\s)?{_WORD})*")
# What a name may follow: it is kept.
_LABEL = _words(
    """order orders sale sales purchase quotation invoice bill picking transfer delivery receipt production lot
    manufacturing warehouse partner customer vendor supplier contact company employee user product article item
    component location plant carrier machine account journal bank payment
    kunde lieferant artikel produkt auftrag bestellung rechnung lager firma benutzer mitarbeiter maschine charge
    client fournisseur produit commande facture livraison entrepôt société utilisateur
    cliente proveedor producto pedido factura almacén usuario
    fornitore prodotto ordine fattura magazzino utente
    fornecedor produto fatura usuário klant leverancier bestelling factuur gebruiker"""
)
# What opens a sentence and says nothing.
_OPENING = _words(
    """the a an no this that for on to by with in at
    der die das den dem ein eine einen kein keine für im am bei zum zur auf aus mit von
    le la les un une des pour sur sans aucun aucune el los las il lo gli o os as het een geen"""
)
# With one of these capitals are a heading and no name.
_ERROR = _words(
    """access denied forbidden unauthorized not found bad request gateway timeout time out service unavailable internal
    server connection refused reset closed aborted failed failure invalid validation missing required unknown expired
    unexpected exception warning fault method allowed too many requests conflict permission operation rate limit max
    exceeded retries read host network unreachable certificate handshake login authentication token error errors
    fehler zugriff verweigert verbindung ungültig ungültige fehlgeschlagen zeitüberschreitung unbekannt unbekannter
    erreur accès refusé connexion échec délai introuvable invalide acceso denegado conexión inválido
    errore accesso negato connessione erro acesso negado conexão fout toegang geweigerd verbinding"""
)


def _name_masked(found: re.Match) -> str:
    """Capitals in a row without the name they end with: "Supplier Azure Interior" becomes "Supplier …"."""
    words, kept = found[0].split(), []
    if any(word.lower() in _ERROR or word.endswith(("Error", "Exception")) for word in words) or found[0].isupper():
        return found[0]
    before = found.string[max(found.start() - 40, 0) : found.start()].rstrip()
    opens = not before or before[-1] in ".!?:"
    if opens and words[0].lower() not in _LABEL:
        kept.append(words.pop(0))
        if kept[0].lower() not in _OPENING and len(words) < 2:
            return found[0]
    is_named = before.endswith(f"{MARK}]") or before.rpartition(" ")[2].strip(":(").lower() in _LABEL
    while words and words[0].lower() in _LABEL:
        kept.append(words.pop(0))
        is_named = True
    if len(words) < (1 if is_named else 2):
        return found[0]
    return " ".join([*kept, MARK])


_TIDY = (
    (re.compile(rf"[\[{{<]{MARK}[\]}}>]"), MARK),
    (re.compile(r"\s+"), " "),
    (re.compile(rf"{MARK}(?:(?:\s?[,;/|&+-]\s?|\s(?:and|und|et|y|e|en|or|oder|ou|o)\s|\s)?{MARK})+"), MARK),
    (re.compile(rf"(?<={MARK})(?:[.](?=[\s),]|\Z)|,(?=\)))"), ""),
)
