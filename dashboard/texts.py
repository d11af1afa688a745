"""The words of the dashboard, in one place: short, sentence case, and never a number without what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from dashboard.reading import Point, Reading, Verdict
from queries import measure, production, readable
from queries.brief import Shift
from queries.budget import Budget
from queries.conformance import DeviationClass
from queries.decision import Acceptance, Correction, Decision
from queries.process_map import Step
from queries.signal import ABOVE
from queries.target import LEAST_JUDGED
from queries.trust import Trust
from queries.wait import Ledger

APP = "Plant Pulse"

CUTS = 12
NO_TARGET_HERE = "targets are of elapsed time"
INTERVALS = 60
WHICH_COUNT = "which count"
SPREAD = {"duration": "durations of the cases of the period", "stock": "ages of what is open"}
TABLE_BEHIND = "Table behind this chart"
SPREAD_CHOICE = "How to show the spread"
SPREAD_VIEWS = ("how many", "still open")
ENDED_SHARES = (0.25, 0.5, 0.75, 0.85, 0.9, 0.95)
SURVIVAL = "Open cases count for as long as they have been open (Kaplan-Meier)."
TREND = {
    "duration": "by the week in which the cases started",
    "stock": "at the end of each week",
    "index": "each point is the month that ended in that week; the number above is of the days said there",
}
DIRECTION = {"lower": "lower", "higher": "higher", "none": "neither: it is context for other numbers"}
FILE_ROWS, FILE_ABOUT = "Rows", "About"
FILE_TITLE, FILE_AS_OF, FILE_VERSION, FILE_TIMES = "Table", "Data as of", "Version", "Times"
FILE_PLANTS, FILE_PERIOD, FILE_CLOCK, FILE_COUNT = "Plants", "Period", "Clock", "Rows"
FILE_COLUMN, FILE_STORED = "Column", "as stored, and in the CSV"
EVERY_PLANT = "all that you may see"
MENU = "Menu"
PAGES = "Pages of the table"
PERIOD_CHOICE = "Period, last weeks"
PLANTS = "Plants"
ALL_PLANTS = "All plants"
SHOW_TICKED = "Show these"
MORE_FILTERS_LABEL = "More filters"
EXPORT = "Export"
NO_FILES = "This page has no table to take with you."
MORE_FILTERS = {  # in the URL: name, what stands there while none is chosen
    "company": ("Company", "All companies"),
    "family": ("Product family", "All product families"),
    "responsible": ("Responsible", "Everybody"),
}
CLEAR_FILTERS = "let go of these"
NOT_JUDGED_NARROWED = "judged of whole plants: what is ordinary of a part is not known"
OTHERS_NARROWED = "Under these filters other KPIs are measured on the pages of their work and on their own."
NO_BUDGET_NARROWED = "Budgets are of whole plants: under these filters there is none."
NARROWED_NOT = "of all, not narrowed"
MEASURED_THERE = "under these filters its own page measures it"
NO_CASES = "no case of what was chosen"
CLOCK_CHOICE = "Clock, elapsed or plant working time"
CLOCK = {"elapsed": "elapsed time, day and night", "working": "working time of the plant"}
MEASURE = {
    "duration": "how long a case takes, from its start to its end",
    "stock": "what is there at the end of the period",
    "share": "the share of cases",
    "ratio": "the ratio of two sums",
    "sum": "the sum of amounts",
    "index": "the mean of the plants' indices by their cases",
}

DIMENSION = {"responsible": "responsible person", "replan_count": "re-plans", "plan_quality": "plan is"}
ACTOR = {"human": "person", "automation": "automation", "integration": "integration", "unknown": "unknown"}
ACTOR_MARK = {"human": "●", "automation": "◆", "integration": "■"}

CONFIDENCE = {"A": "certain", "B": "likely", "C": "unsure"}
TIME_QUALITY = {"snapshot": "seen between two reads", "date": "day only"}
MODEL = {
    "mrp.production": "production order",
    "purchase.order": "purchase order",
    "sale.order": "sales order",
    "stock.picking": "transfer",
    "stock.move": "stock move",
    "quality.check": "quality check",
    "quality.alert": "quality alert",
    "qc.inspection": "inspection",
    "mrp.workorder": "work order",
    "maintenance.request": "maintenance request",
    "mgmtsystem.nonconformity": "nonconformity",
    "approval.request": "approval request",
    "account.move": "invoice or entry",
}

SOURCE_STATUS = {
    "ok": ("good", "✓", "ok"),
    "absent": ("none", "○", "absent"),
    "no right": ("warn", "!", "no right"),
    "field missing": ("warn", "!", "field missing"),
    "stale": ("warn", "!", "stale"),
    "not read": ("bad", "✕", "not read"),
}
CHECK_STATUS = {
    "pass": ("good", "✓", "pass"),
    "warn": ("warn", "!", "warning"),
    "fail": ("bad", "✕", "failed"),
}
RUN_STATUS = {
    "published": ("good", "✓", "published"),
    "ok": ("good", "✓", "published"),
    "running": ("none", "○", "running"),
    "failed": ("bad", "✕", "failed"),
    "refused": ("bad", "✕", "not published"),
}

INTERFACE_STATE = {
    "failing": ("bad", "✕", "failing"),
    "silent": ("bad", "✕", "silent"),
    "degraded": ("warn", "!", "degraded"),
    "unknown": ("none", "○", "unknown"),
    "up": ("good", "✓", "up"),
}
INTEGRATION_STATUS = {
    "success": ("good", "✓", "succeeded"),
    "failed": ("bad", "✕", "failed"),
    "retrying": ("warn", "!", "is tried again"),
    "running": ("none", "○", "runs"),
    "waiting": ("none", "○", "waits for its time"),
    "pending": ("none", "○", "waits in line"),
    "cancelled": ("none", "○", "cancelled"),
    "unknown": ("none", "○", "unknown"),
}
AUTOMATION_STATE = {
    "failing": ("bad", "✕", "failing"),
    "late": ("bad", "✕", "late"),
    "deactivated by Odoo": ("bad", "✕", "deactivated by Odoo"),
    "never ran": ("warn", "!", "never ran"),
    "unknown": ("none", "○", "unknown"),
    "works": ("good", "✓", "works"),
    "switched off": ("none", "○", "switched off"),
}
ISSUE_STATE = {
    "open": ("warn", "!"),
    "acknowledged": ("none", "○"),
    "owned": ("none", "●"),
    "muted": ("none", "○"),
    "resolved": ("good", "✓"),
}
SOURCE = {
    "queue_job": "background job",
    "cron": "scheduled action",
    "n8n": "n8n workflow",
    "inbox": "inbox",
    "webhook_in": "webhook called",
    "webhook_out": "webhook sent",
    "mail": "e-mail",
    "sms": "text message",
    "fetchmail": "mailbox",
    "edi": "EDI exchange",
    "account_edi": "electronic invoice",
}
INTEGRATIONS = "The period above does not narrow this page: it shows how things are now, and the last seven days."
INTERFACES = "the worst first; failed is runs that failed at least once, of those with an outcome"
NO_INTERFACES = "No run of an integration is known for this choice."
NO_INTERFACE = "No interface of this name is in the data you see: it may be new, renamed, or of another plant."
HOURS = "in UTC; each cell is an hour of an interface that ran: the redder, the more of its runs failed"
ISSUES = "failures of one flow that say the same, as one line; those that nobody has seen to first"
NO_ISSUES = "No failure is known for this choice."
NO_ISSUE = "This issue is not in the data you see: it may have been of another plant, or an older version."
AUTOMATION = "scheduled actions, automation rules and actions that call another system, of all plants"
NO_AUTOMATION = "No scheduled action or automation rule was read."
BLIND = "What a source cannot tell is shown as unknown and never counts as a success."

BRIEF_PERIOD = (
    "of the last 28 days, whatever the period above, which lengthens the lines; a week in the shaded band is ordinary"
)
MATRIX = "of the last 28 days, whatever the period above; below a number how it stands to the group, and its cases"
HARMONIZATION = (
    "100: a plant's cases go the ways of those of all plants together; below it the 95 % interval; moves are chosen "
    "for being large, so the first are rather overstated"
)
NO_HARMONIZATION = "No two plants have cases of one process that could be compared."
EXPOSURE = (
    "score: the mean of lost hours, money at stake, and compliance weight times share of cases, each as a share of the "
    "worst in sight; 100 is the worst in all three"
)
NO_EXPOSURE = "No case breaks a process rule."
NO_EFFECTS = "Nothing that concerns a KPI is known to have changed here."
DECIDED = "Decided in the last seven days"
NOTHING_DECIDED = "Decided in the last seven days: nothing was taken over, muted, resolved, accepted or left out."
DECISIONS_UNREADABLE = "what was decided could not be read; the details are in the server's log"
HEADLINES = "Headline KPIs"
OTHERS = "All other KPIs"
OTHERS_OF = "of the last 28 days, by domain"
OTHERS_OF_SEVERAL = "All other KPIs of several plants stand beside each other on a page of their own."
DIRECTION_OF_SHIFT = {
    False: ("bad", "✕", "worse"),
    True: ("good", "✓", "better"),
    None: ("none", "●", "another level"),
}
ACTION_STATE = {"done": ("good", "✓"), "in hand": ("none", "○"), "back": ("bad", "✕")}
SEVERITY = {
    "high": ("bad", "▲", "high"),
    "medium": ("warn", "●", "medium"),
    "low": ("none", "▽", "low"),
}
EXCEPTION_PERIOD = "The period above does not narrow this page: it shows what is open now."
EXCEPTION_ORDER = (
    "overdue first, then by severity; of these what holds up orders due soon, then by the money it holds up or is at "
    "stake, and by age"
)
EXCEPTION_NONE = "Nothing needs anybody in this choice: no rule finds a record."
EXCEPTION_NOT_SO = "No exception is of this severity and kind, and with whom was chosen."
EXCEPTION_GONE = (
    "This exception is not found any more: it was dealt with, its rule has changed, or it is of another plant than "
    "yours."
)
GONE_NONE = "Every exception of then is still found."
UNTOUCHED = (
    "completed in the period without any tracked event by a person; below it the 95 % interval, the orders, and how "
    "often people touched one on average"
)
TOUCH_PERIOD = (
    "Touches are of orders created in the last 18 weeks that are closed; the period above does not narrow them."
)
TOUCH_MAP = (
    "of the closed orders, how many a person touched there, the stronger the colour the more; below it how long after "
    "the touch before (median), and how many touches changed nothing"
)
TOUCH_NONE = "No closed order of the last 18 weeks was touched by a person in this choice, or none is known."
TOUCH_GONE = "There is no such touch in the plants of this choice."
TOUCH_ACTORS = (
    "Who acted is inferred from the user Odoo kept: what an integration does with a person's key looks like the "
    "person, unless ops.toml lists it."
)
NO_ORDERS = "No order was completed in this period."
TOUCHES_ORDER = "those that changed nothing first, then the newest"
EMPTY_TOUCHES = "a save without a tracked change, or an approval within seconds of being asked for; most first"
EMPTY_NONE = "No touch is known to have changed nothing."
EMPTY_PEOPLE = "Compare people by name"
EMPTY_BY_PERSON = "on request; whoever does much also does more that changes nothing"
CANDIDATES = (
    "orders of 18 weeks that could go without a person there: closed orders × share touched × how regular that is (of "
    "the orders touched so, those touched at this step and just once). Decisions and messages are left out."
)
CANDIDATES_NONE = "No step that people do in a regular way would spare one order in twenty a touch."
AUTOMATE = {
    "created": "a replenishment rule, or the system that knows the demand",
    "confirmed": "a rule that releases an order at once when its material is there",
    "started": "reports of machines or tablets",
    "ready to close": "reports of machines or tablets",
    "done": "a rule that closes what is reported complete",
    "material ready": "Odoo's scheduler, which reserves what comes in",
    "ordered": "a rule that orders below a value",
    "request sent": "a rule that sends it when it is made",
    "asked for approval": "a rule that asks by value",
}
INTERVENTIONS = "what a person did where a system could have, in the period; the lines are whole weeks"
INTERVENTIONS_NONE = "Nobody is known to have intervened in these weeks."
INTERVENTION_NONE = "Nothing of this kind was done by hand in the plants of this choice."
BY_HAND = {
    "confirmed by hand": "a production order released by a person",
    "reserved by hand": "material reserved although none came in at that moment",
    "reservation taken away": "material of a ready order freed again",
    "back-dated entry": "entered more than an hour after what it tells of",
    "unlocked": "an order unlocked; of production orders known only with an audit log",
    "cancelled and made again": "an order cancelled and made anew within a day",
    "job done by hand": "a background job set to done",
    "stock adjusted": "stock counted and corrected",
}
IN_PLACE = "scheduled actions, rules and webhooks of all plants; what they do and when is on the page Integrations"
STUCK_KIND = {
    "approval": "approvals",
    "shortage": "shortages",
    "hold": "quality holds",
    "release": "drafts past their limit",
    "quotation": "requests past their limit",
    "receipt": "overdue receipts",
    "operation": "overdue work orders",
    "run": "failed integrations",
    "exception": "other exceptions",
}
STUCK_CUT = "Cut the list by"
STUCK_RULE = (
    "At risk is what waits and is due within 7 days, or late already, times the chance that this still stands still on "
    "that day, told from cases of its kind and plant in the last 26 weeks. What puts most at risk comes first."
)
STUCK_PERIOD = "The period above does not narrow this page: it shows what stands still now."
STUCK_NONE = "Nothing stands still for this choice."
STUCK_GONE = "This is not on the list any more: it moved on, or it is of another plant than yours."
STUCK_HERE = "It holds up no order that is known: nothing that is open waits for it, however far down."
STUCK_ORDERS = (
    "those due first come first; what is due within 7 days and nobody else waits for counts in what is at risk"
)
UNBLOCKED_NONE = "Nothing on the list has moved on since then."
APPROVAL_NONE = "No approval waits for this choice."
APPROVAL_PERIOD = (
    "The period above does not narrow this page: it shows what waits now, and beside it what was asked in the last "
    "26 weeks."
)
APPROVAL_PEOPLE = "Compare people by name"
APPROVAL_GROUPED = "by tier or role; people are compared by name on request, and only for those who may see names"
APPROVAL_WEEK = (
    "by when a step had its turn, in plant time: the wait that half of them did not exceed, and how many there were; "
    "the stronger the colour, the longer"
)
APPROVAL_CHECK = (
    "decisions by people in the last 26 weeks; shares carry their 95 % interval. Rubber stamp: more than half within "
    "seconds, or in bursts. Overloaded: more than a quarter late, or a queue longer than a week's work."
)
APPROVAL_PERSONS = "decisions of the last 26 weeks; whoever decides much also decides late and fast more often"
APPROVER_VERDICT = {
    "rubber stamp": ("bad", "✕", "rubber stamp"),
    "overloaded": ("bad", "✕", "overloaded"),
    "one person": ("warn", "!", "one person"),
    "ordinary": ("good", "✓", "ordinary"),
    "too few to judge": ("none", "○", "too few to judge"),
}
NOW_NOT_PERIOD = "The period above does not narrow what is told of now."
KPI_LINES = "of the last 28 days, with the weeks of the period beside them"
SHORT_NONE = "No released order waits for material in this choice."
SHORT_COMPONENTS = (
    "what is missing in each plant; what puts most at risk comes first. Brought by: the purchase or production order "
    "of it that is due first."
)
SHORT_ORDERS = (
    "what puts most at risk comes first: what waits and is due within 7 days, or late already, times the chance that "
    "the shortage still lasts on that day"
)
SHORT_STATE = {
    "nothing": ("bad", "✕", "nothing on its way"),
    "overdue": ("bad", "!", "overdue"),
    "not enough": ("warn", "!", "on its way, but not enough"),
    "unknown": ("none", "○", "not known for what"),
    "late": ("bad", "!", "expected after it is due"),
    "expected": ("good", "✓", "expected"),
}
SHORT_AGAIN = (
    "a time lasts from the first order that waits for the component to the last that gets it; came back: within 14 "
    "days of the time before"
)
SHORT_AGAIN_NONE = "No order has waited for a component in these weeks."
HOLD_NONE = "No goods are held for quality in this choice."
HOLD_OPEN = (
    "what puts most at risk comes first. Past limit: longer than the plant allows. Goods that are inspected and lie in "
    "quarantine have a line for each."
)
HOLD_CUT = "Cut holds by"
HOLD_BY = {
    "product": "Product",
    "vendor": "Vendor",
    "family": "Product family",
    "source": "Kind of hold",
    "plant": "Plant",
    "theme": "Theme of defects",
}
HOLD_NO_THEME = "not known: no held record names its defect in words; the themes below are told by other records"
HOLD_TIMES = "holds that began then; open ones count as not ended"
THEMES = (
    "what texts of nonconformities, inspections, scrap and repairs are about, grouped by likeness of words: a hint, no "
    "count to rely on. Lately: the last 13 weeks against the 13 before."
)
THEMES_NONE = "No text of a defect is known, so there are no themes."
THEMES_OF_ALL = "Several plants are chosen: themes are told of all together, or of one plant."
THEME_GONE = "There is no record of this theme in the plants of this choice."
NONCONFORMITIES = "past their day first, then the oldest"
NONCONFORMITIES_NONE = "No nonconformity and no action is open in this choice."
TREND_OF_THEME = {
    "more": ("bad", "▲", "more"),
    "less": ("good", "▼", "less"),
    "as before": ("none", "≈", "as before"),
}
AT_RISK = (
    "what can still be saved (due within 7 days, not late yet, held up by something known), then what is late for up "
    f"to {production.LONG_LATE_WEEKS} weeks; by worth times the chance of being late, as on the unblock list"
)
AT_RISK_NONE = "No order that is due within 7 days is late or held up by something known."
OFF_PLAN = "open orders that have not begun, or are not done, by the plan frozen at their release and the tolerance"
OFF_PLAN_NONE = "Every open order whose plan is known keeps to it."
BLOCKERS = (
    "orders that have not begun and what keeps them, those due first come first; one held up by two has two lines"
)
BLOCKERS_NONE = "Nothing known keeps an order from beginning."
QUEUES = (
    "what runs, is ready, or is kept back by an operation or material before it. Starved: nothing is ready although "
    "work is kept back. Blocked: more is kept back than ready. Idle: nothing runs in open hours though work is ready."
)
QUEUES_NONE = "No work order is open in this choice."
QUEUE_STATE = {
    "down": ("bad", "✕", "down"),
    "starved": ("bad", "○", "starved"),
    "idle": ("warn", "!", "idle"),
    "blocked": ("warn", "!", "blocked"),
    "fed": ("good", "✓", "fed"),
}
BLOCKER = {"material": "material", "routing": "no routing", "capacity": "capacity", "approval": "approval"}
MAINTENANCE_OPEN = (
    "machines that are down first, then what is blocked or overdue. Blocked says that somebody marked it so: Odoo "
    "Community links no request to a part, so a missing part, a permit and a machine that cannot stop look the same."
)
MAINTENANCE_NONE = "No maintenance request is open in this choice."
MAINTENANCE_UNREAD = "Not known: maintenance requests were not read."
MAINTENANCE_STATE = {
    "down": ("bad", "✕", "machine down"),
    "blocked": ("bad", "!", "blocked"),
    "overdue": ("bad", "✕", "service overdue"),
    "new": ("warn", "○", "nobody has taken it up"),
    "taken up": ("none", "●", "taken up"),
    "planned": ("none", "○", "planned"),
}
MACHINES = (
    "the most failures first; again: reported within 14 days of the repair before, marked where that is three of four "
    "of at least six. Open failures count as not mended. Preventive requests are left out."
)
MACHINES_NONE = "No failure of a machine was reported in these weeks."
STOPS = (
    "what is down now, then what cost most: what the log of a work center counts as lost availability, in the working "
    "hours of the plant, without slow running and bad quality"
)
STOPS_NONE = "No downtime was logged in these weeks."
STOPS_UNREAD = "Not known: the time logs of work centers were not read."
MACHINE_ORDERS = "released orders with work still to do there, those due first come first"
MACHINE_FREE = "No released order has work to do there."
MACHINE_GONE = "No request, downtime or order of a machine of this name is in the data you see."
NO_REQUESTS = "No maintenance request names this machine."
NEWEST = "the newest first"
PRODUCTION_VIEW = "What to show"
PRODUCTION_VIEWS = ("now", "shift")
SHIFT_PLANT = "Plant of the shift"
SHIFT_CHOICE = "Shift, in plant time"
NO_SHIFTS = "No plant is known, so there are no shifts."
NO_SHIFTS_OF = "No shift of this plant has begun in the last four weeks, by its work calendar."
SHIFT_PLAN = (
    "starts and finishes that were planned for the shift or came in it; late: past the tolerance of the plan; missed: "
    "planned for it and not there when it ended, or when the data were read"
)
SHIFT_PLAN_NONE = "Nothing was planned for this shift, and nothing began or ended in it."
SHIFT_STANDING = {
    "missed": ("bad", "✕", "missed"),
    "late": ("bad", "!", "late"),
    "to come": ("none", "○", "to come"),
    "on time": ("good", "✓", "on time"),
    "early": ("good", "▲", "before its plan"),
    "no plan": ("none", "–", "no plan known"),
}
SHIFT_STOPS = "downtime with the part in this shift, then shortages, holds and overdue work orders that began in it"
SHIFT_STOPS_NONE = "No downtime is logged, and nothing began to wait."
SHIFT_STOP = {
    "downtime": "downtime",
    "shortage": "short of material",
    "hold": "goods held",
    "operation": "work order overdue",
}
SHIFT_WORK = "as Odoo has it now: by whom time is logged, else who is responsible; ready and kept back as below"
SHIFT_WORK_NONE = "Nothing is in work, and nothing is to begin before the end of the next shift."
SHIFT_OLD = (
    "What is in work, kept back or ready is known of now alone: it stands with the newest shift. What still stands "
    "still is on the unblock list."
)
WORK_STATE = {
    "running": ("good", "●", "in work"),
    "ready": ("none", "○", "ready"),
    "kept back": ("bad", "!", "kept back"),
}
RUNNING_SHOWN = 4
WHAT_IF = (
    "What past cases would have been like, had nobody been asked below a value, and had each step to be decided within "
    "a time. People would have acted otherwise: read it as a first estimate."
)
WHAT_IF_NONE = "No amount of a past case is known: there is nothing to try a threshold on."

WORKFLOW = {
    "production": "Production orders",
    "purchase": "Purchase orders",
    "quality": "Quality checks and alerts",
    "work order": "Work orders",
    "transfer": "Transfers",
    "maintenance": "Maintenance requests",
    "nonconformity": "Nonconformities",
}
ALONE = "alone"
NO_PROCESS = "No case of a workflow is known for this choice."
PROCESS_PERIOD = "All cases ever read are in, open ones too: the period above does not narrow this page."
STEP_WORDS = (
    "times in 100 cases · median wait; the wider a line, the more often. Dashed boxes: not on the usual way, the most "
    "frequent one of the first plant."
)
ONLY_APART = (
    "Told are steps that differ by 5 in 100 cases, or by twice the wait and at least an hour. Whether that is more "
    "than chance is tested on the page Plants."
)
NOTHING_APART = "No step on the map differs by 5 in 100 cases, or by twice the wait."
LONGEST_WAITS = "median wait times how often a case takes the step, the longest first"
NO_WAITS = "No step on the map has a wait that can be told."
NO_WAY = "This way is not in the data you see: it may have been of another plant, or an older version."
NO_RULE = "No case of a plant you see breaks this rule."
NO_RULES = "No process rule is about this workflow in the chosen plants."
BESIDE_CONFORMING = "Lead time beside conforming"
DEVIATIONS = "cases that break a process rule; first what exposes the plants most in hours, money and weight"
DEVIATIONS_NARROWED = "; beside them stand all cases of the plant that conform, whatever was chosen"
ACCEPT = (
    "Accepted deviations are counted apart until the last day, and then again as they are. The owner is who ends them, "
    "or changes the rule."
)

LEDGER = (
    "Hours between creation and completion of the orders completed in the last 26 weeks, by who held them; the period "
    "above does not narrow this page. Each hour has one owner; of several that hold an order, the first by a written "
    "order has it."
)
OWNER = {
    "integration": "a job for it failed, or is overdue",
    "approver": "it, or a purchase for it, waits for an approval",
    "quality": "its goods, or a component, are held",
    "supplier or stock": "it is short of material",
    "work center": "it has its material: until work begins, and while it is made",
    "planner": "it is a draft, or its material was not asked for",
    "nobody": "made and not closed, or its release was not recorded",
    "closed": "nights, weekends and holidays of the plant",
}
NO_WAITING = "No production order of the last 26 weeks is known for this choice."
HELD_ORDERS = "the 50 longest, completed in the last 26 weeks or open; while the plant was closed does not count"
NO_STRETCHES = (
    "Nothing is kept of what held it: it ended before the last 26 weeks, took no time, or its end was not recorded. "
    "Its timeline says what happened."
)

GOVERNANCE = (
    "Findings are of now: each rule says how far back it looks. Ways round controls are told by month. The period "
    "above narrows neither."
)
GOVERNED = {
    "duties": "Duties: one person did what two should have",
    "sensitive change": "Sensitive changes: made at a moment at which they cost money",
    "control": "Controls: passed by without anybody saying why",
}
FINDINGS_BY_PLANT = "records that each rule names in each plant; overdue: not dealt with in the time allowed"
FINDINGS = "what is overdue comes first, then by severity and money; decided: what somebody said about it in the app"
FINDINGS_NONE = "No rule of internal control names a record in this choice."
FINDING_PICK = "Rule"
WAYS_ROUND = (
    "the last 12 months and the running one, which counts in the sums; approvals of documents that were cancelled are "
    "left out. Work done by hand in its usual place, as confirming an order, is no way round: see the KPI Manual "
    "interventions."
)
WAYS_ROUND_NONE = "No approval and no override is known in these months."
WAY_ROUND = {
    "approved by who asked": "one user asked for the approval and gave it",
    "approved by who made it": "one user made the document and approved it, somebody else asked",
    "unlocked": "an order that was locked was opened again",
    "stock adjusted": "stock was set to what was counted, or to what was wanted",
    "back-dated entry": "something was entered more than an hour after it is said to have happened",
    "cancelled and made again": "an order was cancelled and made again within a day by the same person",
    "job done by hand": "a job that had failed was set to done",
}
WAY_RECORDS = "the newest first, 200 at most"
HELD_DECISIONS = (
    "corrections of budgets, accepted deviations and what was muted: what holds, and what ended in the last 92 days. "
    "What is over and was not ended by its owner comes first."
)
HELD_DECISIONS_NONE = "No number and no rule is set aside by a decision now, and none was lately."
DECISION_STATE = {
    "expired": ("bad", "✕", "expired"),
    "soon over": ("warn", "!", "soon over"),
    "holds": ("none", "●", "holds"),
    "withdrawn": ("none", "○", "withdrawn"),
}
SWITCHED = (
    "scheduled actions, automation rules and flows that somebody created, switched or deleted, and those that stand "
    "still now; the newest first. Odoo does not tell who switched one."
)
SWITCHED_NONE = "No automation was created, switched or deleted as far as refreshes saw, and none stands still."
ROLES = (
    "users who may approve purchase orders above the limit of double validation. Since when is known from the first "
    "refresh on; used: their approvals in the last 26 weeks"
)
ROLES_NONE = (
    "Who holds the role of a purchase manager is not known: access groups were not read, or your rights do not cover "
    "what belongs to all plants."
)
BLIND_SPOTS = "what an auditor would ask for and Odoo does not tell, or not to this reader: a finding of its own"
AUDIT_GAPS = (
    # what, sources that tell it (none: nothing does), what is seen with them, what is seen without, the remedy
    (
        "Who changed a field that Odoo does not track",
        ("auditlog_log", "auditlog_log_line"),
        "Seen with user, moment and old value, for the models that the audit log records.",
        "Only that a value is another one than at the refresh before: not who changed it, and not in between.",
        "install OCA auditlog and let it record vendor prices, costs, bills of materials and order lines",
    ),
    (
        "Who approved without the role",
        ("res_groups", "ir_model_data"),
        "Seen for tiers, and for double validation from the first refresh on.",
        "Seen for tiers only: without access groups nobody can say who was a purchase manager.",
        "give the reading user the right to read access groups",
    ),
    (
        "Bank accounts of vendors",
        ("res_partner_bank",),
        "Seen when an account is new or its number is another one; the number itself is never stored here.",
        "Not seen at all: a changed account is found only when money has left.",
        "give the reading user the right to read bank accounts",
    ),
    (
        "Reviews that were started anew",
        ("tier_review",),
        "Seen when a refresh fell between: a restart deletes the reviews before it.",
        "No reviews by tier are read: either none are used, or the reading user may not see them.",
        "refresh more often, or let the audit log record reviews",
    ),
    (
        "What was set to done or retried by hand",
        ("queue_job",),
        "Seen for background jobs: a job that is done without having run.",
        "No background jobs are read; n8n does not tell who runs a flow by hand.",
        "none in Odoo itself; the module queue_job records it",
    ),
    (
        "Rights other than that of a purchase manager",
        (),
        "",
        "Not read: who may post invoices, set costs or administer Odoo is for an audit of its users.",
        "compare Settings, Users with the list of who is to hold which right",
    ),
    (
        "Who looked, exported, signed in as another, or deleted",
        (),
        "",
        "Odoo records none of it. A deleted record is seen as gone at the next refresh, without who.",
        "keep the server's log; leave the right to delete to those few who need it",
    ),
)

MASTER_DATA = (
    "The period above does not narrow this page: it shows the records as they are now. A record counts with each check "
    "that looks at it."
)
MASTER_DATA_NONE = "No check found a wrong record in this choice."
CLEAN_FIRST = (
    "by the worth of open orders that need the record, of its product, vendor or work center; then by how often it was "
    "short or late in the last 26 weeks. That does not say that the fault is the cause."
)
CLEANERS = "by the owner of the check: who holds up most comes first"
MASTER_DATA_CHECKS = "of all records a check looks at, how many are wrong; first what is wrong most often"
MASTER_DATA_PICK = "Check"
NOT_KEPT_YET = "counted once so far: a line begins with the next refresh that finds another number"
NOT_NEEDED = "no open order needs it"

DICTIONARY = (
    "Every number, rule and term of this dashboard, in the words of the files that compute them. The latest values are "
    "of the last 28 days of the chosen plant, or of all."
)
DICTIONARY_SEARCH = "Search names, definitions and owners"
DICTIONARY_HINT = "approval, on time, Head of finance …"
DICTIONARY_NONE = "No number, rule or term holds these words."
DICTIONARY_EXCEPTIONS = "records that need somebody; what ops.toml says for a plant stands below what holds for all"
DICTIONARY_CHECKS = "what must not be in the data or in master data; fail keeps a run from being published"
NO_LIMIT = "–"
METRIC_SOURCES = "what of Odoo, and of what stands beside it, its rows come from; what is missing comes first"
METRIC_SOURCES_NONE = "It is measured from what the refresh itself records."
MASTER_RECORD = {
    "mrp.bom": "bill of materials",
    "product.product": "product",
    "product.template": "product",
    "product.supplierinfo": "vendor's price",
    "stock.warehouse.orderpoint": "reordering rule",
    "res.partner": "vendor",
    "mrp.workcenter": "work center",
}

DEMO = "demo data: no Odoo behind it"
DEMO_TOLD = "demo plants, all invented: connect your Odoo"
CONNECT_TITLE = "Connect your Odoo"
CONNECT_LEAD = (
    "These plants are invented. In the terminal in which Plant Pulse runs, after Ctrl-C (README.md, Your own Odoo, has "
    "more):"
)
CONNECT_STEPS = (
    ("Name your Odoo", "export ODOO_URL=… ODOO_DB=… ODOO_USER=… ODOO_API_KEY=…"),
    ("See whether it can be read, and what closes a gap", ".venv/bin/python -m etl check"),
    ("Load the last 90 days, and look at them", "make run"),
)
NOT_LOADED = "This part could not be loaded. The rest of the page is right; the details are in the server's log."
NO_ROWS = "Nothing here for this choice."
NEW_KPI = "not in the published data yet: it appears with the next refresh"
NO_TREND = "No whole week in this period has a number yet."
ONLY_FINAL = (
    "A hollow point is not final: cases of that week are still open, so its value can still rise. "
    "The running week is left out."
)

AS_KNOWN = "As known on an earlier day"
PICTURE = "Save as picture"
TRACE = "Trace a record or an id"
TRACE_HINT = "WH/MO/00042, stock.picking,101 or an id; then Enter"
AS_KNOWN_ON = "Known at the end of (UTC)"
AS_KNOWN_NONE = "Nothing of this KPI is kept from that day or before: its history begins with the first refresh."
LIMITS = (
    "The faint line is the centre of the 24 weeks of the baseline, the dotted ones are its limits (a lower one that is "
    "less than nothing is left out). Between them a week is ordinary; a square marks a real shift: beyond a limit, or "
    "the second of three near it."
)

CHANGES_SHOWN = 8
CHANGES = "before and after where it was done, less what happened meanwhile elsewhere; in brackets the 95 % interval"
NO_CHANGES = (
    "Nothing that concerns this KPI is known to have changed. Automation rules, scheduled actions and upgrades are "
    "found by themselves; roll-outs are named in ops.toml."
)

SEARCH_HINT = "Part of a name is enough: production orders, purchase orders and what they came from."
TO_UNBLOCK = "What stands still now, and what it puts at risk"
SEARCH_NONE = "No name or origin holds this text. The document may lie outside your plants or before the first load."
NO_EVENTS = "No event of this record was recorded."
NO_LINKS = "No link to another record is known."
STALE_COST = "its numbers are older than the rest"
LABELS = "State labels that match no selection value in any installed language: their steps are not counted."

COVERAGE = (
    "what n8n itself counted between the first and the last reading since it was started last, and what is known of it"
)
NOT_FILTERED = "Period and plants above do not narrow this page."

GAPS = "A gap is a week without a number: no case, or so many still open that it is not reached. The table says which."

EMPTY_TITLE = "No data yet"
EMPTY_LEAD = "Nothing has been published to this warehouse, so there is nothing to show. That is not the same as zero."
EMPTY_STEPS = (
    ("See it with invented plants", ".venv/bin/python -m etl demo"),
    ("Check that your Odoo can be read", ".venv/bin/python -m etl check"),
    ("Load and publish from your Odoo", ".venv/bin/python -m etl refresh"),
)
UNREADABLE_TITLE = "The published data cannot be read"
UNREADABLE_LEAD = "The file that CURRENT names is missing or damaged. Nothing is shown rather than something wrong."
UNREADABLE_STEPS = (
    ("See which versions there are", ".venv/bin/python -m etl status"),
    ("Publish again", ".venv/bin/python -m etl refresh"),
)
SIGN_IN, SIGN_OUT = "Sign in", "Sign out"
SIGN_IN_TITLE = "Sign in to Plant Pulse"
SIGN_IN_LEAD = "You see the plants and numbers that are meant for you."
SIGN_IN_ENDED_TITLE = "Your sign-in has ended"
SIGN_IN_ENDED_LEAD = "Nothing is shown until you sign in again."
NO_ACCESS_TITLE = "You are signed in, but nothing is open to you yet"
NOT_SERVED_TITLE = "Nobody is let in"
NOT_SERVED_LEAD = (
    "Who may see what is not set up, or cannot be read, so nothing is shown. The server's log says what to change."
)


def no_access(name: str, contact: str) -> str:
    """Who is signed in without any right, and whom to ask."""
    asked = contact or "whoever runs Plant Pulse"
    return f"You are {name}. Ask {asked} to give you a role; this page then opens by itself."


def not_for(title: str, roles: Sequence[str]) -> str:
    return f"The page {title} is not for the role {' or '.join(roles)}. Ask whoever gave you that one."


def decided_by(name: str) -> str:
    return f"Decided by you, {name}"


ISSUE_ELSEWHERE = (
    "It hits plants that you do not see, or runs of no plant: who sees all plants mutes, resolves or reopens it."
)


def no_role_in(plant: str | None) -> str:
    if plant is None:
        return "that is about several plants, or about none: ask somebody who sees all of them."
    return f"you have no role in {plant}: ask somebody of that plant."


def account(roles: Sequence[str], plants: str, sees_names: bool, until: datetime | None) -> list[str]:
    """What a reader is told of the own rights."""
    names = "Names of people are shown" if sees_names else "Names of people are hidden"
    ends = [f"Signed in until {until:%H:%M} UTC"] if until else []
    return [sentence(" and ".join(roles)), f"Plants: {plants}", names, *ends]


EMPTY_WAIT = "This page looks every few seconds and opens by itself once data is published."


def no_line(is_known: bool, plant: str | None) -> str:
    """Why the scoreboard has no line of a KPI that it knows or does not."""
    if not is_known:
        return NEW_KPI
    return "no case of this plant is known" if plant else "the group is told to who sees three plants or more"


def statistic(kpi) -> str:
    """What the value says about the cases: "85 % take less", and by the clock of working time that it is that."""
    said = readable.statistic(kpi)
    return f"{said}, {kpi.unit}" if said and kpi.unit == readable.WORKING_TIME else said


def shift(verdict: Verdict, better: bool | None) -> str:
    """real shift since 3 Nov: worse."""
    how = {True: "better", False: "worse", None: "higher" if verdict.kind == ABOVE else "lower"}[better]
    return f"real shift since {readable.day(verdict.since)}: {how}"


def not_judged(plants: Sequence[str]) -> str:
    """Why a KPI has no verdict at all: some plants together have no weeks of their own, nor has a queue."""
    return "judged for one plant, or for all" if len(plants) > 1 else "not judged: its weeks are no cases of their own"


VERDICT = {"above": "real shift", "below": "real shift", "normal": "normal", "baseline": "baseline"}


def short(name: str, length: int = 24) -> str:
    """A name for a label on a chart."""
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"


def over(plants: Sequence[str], is_outside: bool) -> str:
    """in Lyon; in Lyon and 2 more, and outside the plants."""
    more = f" and {len(plants) - 1} more" if len(plants) > 1 else ""
    found = [f"in {plants[0]}{more}"] if plants else []
    return ", and ".join([*found, *["outside the plants" for _ in (1,) if is_outside]])


def ends(name: str, length: int) -> str:
    """A name of which the end tells it from others, cut in its middle: E-mails to…Milwaukee."""
    half = (length - 1) // 2
    return name if len(name) <= length else f"{name[: length - 1 - half].rstrip()}…{name[-half:].lstrip()}"


def changed(row: dict) -> str:
    """Rule created, Head of production; what more is to be said of a change."""
    return ", ".join(filter(None, (sentence(row["kind"]), row["owner"], row["note"])))


def long_late(count: int, amounts: Mapping[str | None, float], unknown: int) -> str:
    """18 orders late for more than 2 weeks, worth 170,000 EUR: deliver, re-date or cancel them."""
    which = f"{orders_count(count)} late for more than {production.LONG_LATE_WEEKS} weeks"
    return f"{which}, worth {worth(amounts, unknown)}: deliver, re-date or cancel them"


def not_judged_yet(count: int) -> str:
    return f"{count} number{'s' * (count != 1)} cannot be judged, and why"


def before_after(row: dict, unit: str) -> str:
    """15 h 17 min → 9 min."""
    if row["value_before"] is None:
        return "–"
    return f"{readable.measured(row['value_before'], unit)} → {readable.measured(row['value_after'], unit)}"


def more_changes(count: int) -> str:
    return f"The newest {CHANGES_SHOWN} of {count} are shown; `.venv/bin/python -m queries effects` lists all of them."


def weeks_compared(row: dict) -> str:
    """26 weeks before, 12 after, against 3 plants."""
    against = f", against {row['untouched_count']} plant{'s' * (row['untouched_count'] != 1)}" if row["verdict"] else ""
    return f"{row['weeks_before']} weeks before, {row['weeks_after']} after{against}"


def dimension(name: str) -> str:
    words = DIMENSION.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def period(kpi, start: date, end: date, today: date | None = None) -> str:
    """28 days to 22 Nov; of an index also 26 weeks to 22 Nov; what is open is counted on a day, not over a period."""
    last, days = readable.day(end - timedelta(days=1), today), (end - start).days
    if kpi.measure == "stock":
        return f"on {last}"
    is_weeks = kpi.measure == "index" and days > 31 and days % 7 == 0
    return f"{days // 7} weeks to {last}" if is_weeks else f"{days} days to {last}"


def cases(kpi, point: Point) -> str:
    """n = 312, 14 still open; n = 120, plan known for 82 %."""
    text = f"n = {readable.number(point.n)}"
    if point.n_open and kpi.measure != "stock":
        text += f", {readable.number(point.n_open)} still open"
    known = measure.coverage(point.n, point.n_unmeasured)
    return text if known is None else f"{text}, {kpi.coverage or measure.WORKING} for {int(known * 100)} %"


def change(kpi, now: float, before: float) -> str:
    """How far the value moved: a count by pieces, a share by points, anything else in per cent."""
    moved = abs(now - before)
    if kpi.unit == "count":
        return readable.number(moved)
    if kpi.unit == "share":
        return f"{readable.number(moved * 100, 1)} points"
    return readable.share(moved / abs(before), 0) if before else readable.measured(moved, kpi.unit)


def target(kpi, value: float) -> str:
    return readable.measured(value, kpi.unit)


def shift_name(row: dict) -> str:
    """Fri 27 Nov, 14:00 to 22:00; a day where working hours are not known."""
    begin, end = row["local_from"], row["local_to"]
    if not row["is_known"]:
        return f"{begin:%a} {readable.day(begin.date())}, all day"
    return f"{begin:%a} {readable.day(begin.date())}, {begin:%H:%M} to {end:%H:%M}"


def shift_rule(row: dict) -> str:
    """Whose time it is, and where the shift comes from."""
    known = "the shift is as the plant's work calendar in Odoo has it"
    unknown = "the working hours of the plant are not known: a day stands for a shift"
    return f"Times are of the plant ({row['timezone']}); {known if row['is_known'] else unknown}."


def kept_by(words: str) -> str:
    """material, no routing: what keeps an order from beginning, as people call it."""
    return ", ".join(BLOCKER.get(word, word) for word in words.split(", "))


def handover(row: dict) -> str:
    """What is kept back first; up to when."""
    end = row["next_local_to"]
    until = f"the end of the next shift ({end:%a} {readable.day(end.date())} {end:%H:%M})" if end else "its end"
    return f"what is in work, or is to begin before {until}; what is kept back comes first"


def not_read(row: dict) -> str:
    """The database does not have it: repairs ... cannot be measured."""
    why = {"absent": "This Odoo does not have it", "no right": "The user of the refresh may not read it"}
    return f"{why.get(row['status'], 'It could not be read')}: {row['cost'] or 'what rests on it is not known'}."


def stale(ago: str) -> str:
    return f"Stale: the data is from {ago}. Look at Data health for what stopped the refresh."


def record_missing() -> str:
    return "This record is not in the published data, or your rights do not cover its plant."


def model(name: str) -> str:
    """A technical model name as people call it, where we know it."""
    return MODEL.get(name, name)


def found(count: int) -> str:
    return "Nothing found" if not count else f"{count} record{'s' * (count > 1)} found"


def events(count: int, zone: str | None) -> str:
    return f"{count} event{'s' * (count != 1)}, times in {zone or 'UTC'}"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def last_bar(start: float, unit: str) -> str:
    return f"The last bar holds everything from {readable.measured(start, unit)} on."


def counted(name: str, intervals: list[dict]) -> str:
    """Counted of WH/MO/00042: 12 h 30 min in 3 intervals."""
    hours = [one["seconds"] for one in intervals if one["is_counted"]]
    length = f"{readable.working_time(sum(hours))} in {len(hours)} interval{'s' * (len(hours) != 1)}"
    return f"Working time of {name}: {length if hours else 'none counted'}"


def counted_zone(intervals: list[dict], plant: str) -> str:
    return f"Times of {plant}, {intervals[0]['timezone']}." if intervals else "It began and ended in the same moment."


def local(moment: datetime) -> str:
    """Mon 22 Nov 15:55, for a moment that is local already."""
    return f"{moment:%a} {readable.moment(moment)}"


def more_intervals(count: int) -> str:
    command = ".venv/bin/python -m queries list counted_interval"
    return f"The first {INTERVALS} of {count} are shown; `{command}` lists all of them."


def open_since(length: str) -> str:
    return f"still open: nothing happened for {length}"


def confidence(letter: str | None) -> str:
    return CONFIDENCE.get(letter, letter or "unknown how sure")


def time_quality(word: str) -> str:
    return TIME_QUALITY.get(word, word)


def relation(direction: str, kind: str, letter: str | None) -> str:
    """led to this: supplies (certain)."""
    words = {"before": "led to this", "after": "followed from this"}.get(direction, direction)
    return f"{words}: {kind} ({confidence(letter)})"


def period_rule(kpi) -> str:
    """Which cases make up a period, in words."""
    if kpi.measure == "duration":
        return (
            "A case counts in the period in which it started. Open cases count as not yet reached, so waiting work "
            "cannot make the number look better. A week is final once its value can no longer change."
        )
    if kpi.measure == "stock":
        return "What was open at the end of the period. Ages count to the moment the data was read."
    if kpi.measure == "index":
        return (
            "The newest index of each plant up to the end of the period. It rests on the cases that closed in the days "
            "said beside it, which may be more or fewer than those of the period."
        )
    return "A case counts in the period in which it fell due or happened."


def domain(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def on_target(readings: Sequence[Reading]) -> str:
    """12 of 20 numbers miss their target, ordinary or not."""
    judged = [one.meets_target for one in readings if one.meets_target is not None]
    if not judged:
        return "No number has a target that could be judged"
    return f"{judged.count(False)} of {len(judged)} numbers miss their target, ordinary or not"


def standing(name: str, what: str, readings: Sequence[Reading]) -> str:
    """Approval: 10 KPIs, 3 miss their target, 1 real shift."""
    missed = sum(one.meets_target is False for one in readings)
    shifted = sum(bool(one.verdict and one.verdict.is_shift) for one in readings)
    words = [f"{len(readings)} {what}{'s' * (len(readings) != 1)}"]
    words += [f"{missed} miss{'es its' if missed == 1 else ' their'} target"] if missed else []
    words += [f"{shifted} real shift{'s' * (shifted != 1)}"] if shifted else []
    return f"{name}: {', '.join(words)}"


def beside_group(kpi, value: float, group: float | None) -> str:
    """1.8 × the group; +4.1 points to the group; nothing where sizes of plants would be compared."""
    if group is None or kpi.unit in ("count", "currency") or kpi.measure == "sum":
        return ""
    if kpi.unit == "share":
        return f"{(value - group) * 100:+.1f} points to the group".replace("-", "−")
    if kpi.unit == "index":
        return f"{value - group:+.1f} to the group".replace("-", "−")
    return f"{readable.number(value / group, 1)} × the group" if group > 0 else ""


def drift(found: Sequence[Shift]) -> str:
    """2 got worse, 5 better: which week is told, by the rule of the brief."""
    worse, better = (sum(one.is_better is way for one in found) for way in (False, True))
    said = f"{worse} got worse, {better} better" if found else "Nothing is out of the ordinary"
    return f"{said}, by the rule of the morning brief: far out of the ordinary, or out of it two judged weeks in a row"


def move(row: dict) -> str:
    """Skips "goods held" on 20 points more of the cases (with it: 30.1 % of its cases, 50.3 % elsewhere): 85 % of
    the gap."""
    rates = f"with it: {readable.share(row['rate'])} of its cases, {readable.share(row['rate_other'])} elsewhere"
    share = f": {readable.share(row['explained'], 0)} of the gap" if round(row["explained"], 2) else ""
    return f"{sentence(row['move'])} ({rates}){share}"


def between(share: float, low: float, high: float) -> str:
    """4.2 % (3.1 to 5.6)."""
    return f"{readable.share(share)} ({readable.number(low * 100, 1)} to {readable.number(high * 100, 1)})"


def hours_lost(one: DeviationClass) -> str:
    """1,576 h; may be none; or why that cannot be told."""
    if one.hours is None:
        return f"cannot be told: {one.reason}"
    return f"{readable.number(one.hours)} h" + (", may be none" if one.delay_low <= 0 < one.hours else "")


def lighter(count: int) -> str:
    return f"{count} that weigh{'s' * (count == 1)} little beside these, or are accepted"


def untold(count: int) -> str:
    return f"{count} of which it cannot be told, and why"


def measured_as(kpi) -> str:
    """Measure and statistic in words: how long a case takes; shown is p85, 85 % take less."""
    said = f"{readable.STATISTIC[kpi.statistic][0]}, {statistic(kpi)}" if statistic(kpi) else kpi.statistic
    return f"{MEASURE.get(kpi.measure, kpi.measure)}; shown: {said}"


def records(kpi, rows: list[dict], limit: int) -> str:
    """How many there are, and in which order."""
    if not rows:
        return NO_ROWS
    first = {"duration": "the longest first", "stock": "the oldest first", "share": "the bad ones first"}
    order = f", {first[kpi.measure]}" if kpi.measure in first else ""
    if len(rows) >= limit:
        return f"{readable.number(limit)} of them{order}; the CSV has all"
    return f"{readable.number(len(rows))} records{order}"


NO_DECISIONS = "no budget could be read; the details are in the server's log"
CORRECT = (
    "What falls due on these days counts neither as due nor as missed. The decision is kept with your name, holds from "
    "now on, and can be taken back."
)


def budget(now: Sequence[Budget]) -> str:
    """What is promised, and what counts."""
    first = now[0]
    promised = readable.service_level(first.objective, first.limit, first.clock)
    left = (first.end - first.as_of.date()).days
    days = f"{left} day{'s' * (left != 1)} left with today"
    return f"Service level {promised}. What falls due in the month counts, also when it is still open. {days} (UTC)."


def pace(misses: float | None) -> str:
    """0.9 a day, 3 a week; no misses."""
    if misses is None:
        return "–"
    if not misses:
        return "no misses"
    return f"{readable.number(misses, 1)} a day" if misses >= 1 else f"{readable.number(misses * 7, 1)} a week"


def left_out(now: Sequence[Budget], months: Sequence[Budget]) -> str:
    """How many cases corrections leave out."""
    here = now[0].n_corrected
    before = sum(one.n_corrected for one in months if one.plant == now[0].plant) - here
    return f"Left out by decision: {cases_of(here)} this month, {cases_of(before)} in the months before."


def cases_of(count: int) -> str:
    return f"{readable.number(count)} case{'s' * (count != 1)}"


def days_of(one: Correction) -> str:
    """5 to 7 Nov."""
    if one.from_on == one.until_on:
        return readable.day(one.from_on)
    return f"{readable.day(one.from_on)} to {readable.day(one.until_on)}"


def correction(one: Correction) -> str:
    return f"{days_of(one)}, {one.plant or 'all plants'}: {one.cause}"


def of(part: int | None, whole: int | None) -> str:
    """3 of 40; a dash where there was nothing."""
    return f"{readable.number(part or 0)} of {readable.number(whole)}" if whole else "–"


def ages_of_integrations(runs: datetime, rest: datetime, zone: str | None) -> str:
    """Which part of the integrations page is from when, where that is not one moment."""
    return (
        f"Runs, issues and automation are as of {readable.moment(runs, zone)}. What issues hold up, and what happened "
        f"to documents, is as of {readable.moment(rest, zone)} ({zone}), when everything was read last."
    )


def failed_of(failures: int, runs: int) -> str:
    return f"{of(failures, runs)} ({readable.share(failures / runs)})" if runs else "no run"


def hours(rows: Sequence[dict]) -> str:
    """What the picture of the hours says."""
    failed = sum(row["failure_count"] for row in rows)
    labels = {row["label"] for row in rows}
    return f"{len(labels)} interfaces by the hour: {of(failed, sum(row['run_count'] for row in rows))} runs failed"


def runs(zone: str) -> str:
    return f"at most 200, times in {zone}; a run with its retries is one line"


def issue_runs(found: int, zone: str) -> str:
    return f"{readable.number(found)}, the newest first, times in {zone}"


def error(run: dict) -> str:
    """The code, unless the text says it, and the text; a dash where nothing went wrong or nothing is told."""
    code, text = run["error_code"] or "", run["error_text"] or ""
    return text if code and code in text else ": ".join(filter(None, (code, text))) or "–"


def decided(one: Decision) -> str:
    """Assigned to Ann; muted until 3 Dec; taken back where it was."""
    words = sentence(one.what)
    words += f" to {one.owner}" if one.owner else ""
    words += f" until {readable.day(one.until_on)}" if one.until_on else ""
    return f"{words} (taken back by {one.withdrawn_by})" if one.withdrawn_at else words


def trace(steps: int, zone: str) -> str:
    if not steps:
        return "Nothing is known of it: write a record as stock.picking,101, a document's name, or a correlation id."
    return f"{steps} step{'s' * (steps != 1)}, times in {zone}"


def since_when(row: dict) -> str:
    """Since when somebody holds a role, and whether it was taken away."""
    words = f"since {readable.day(row['held_from'].date())}" if row["held_from"] else "since before the first refresh"
    return f"{words}, taken away {readable.day(row['held_to'].date())}" if row["held_to"] else words


def groups_judged(count: int, whole: int, what: str) -> str:
    """1 of 8 groups of approvers is a rubber stamp."""
    return f"{count} of {whole} groups of approvers: {what}"


def months_of(kind: str, months: Sequence[int]) -> str:
    """What a line of months says to a screen reader."""
    return f"{kind}, the last {len(months)} months: {', '.join(map(str, months))}"


def wrong_of(wrong: int, judged: int) -> str:
    """1 of 65 (1.5 %)."""
    return f"{of(wrong, judged)} ({readable.share(wrong / judged)})" if judged else "nothing to look at"


def master_record(model: str | None) -> str:
    return MASTER_RECORD.get(model, model or "not a record")


def needed_by(row: dict) -> str:
    """11 open orders; two of them without a known worth."""
    if not row["open_count"]:
        return NOT_NEEDED
    unknown = row["open_count"] - row["valued_count"]
    words = f"{readable.number(row['open_count'])} open order{'s' * (row['open_count'] != 1)}"
    return f"{words}, {unknown} without a value" if unknown else words


def in_the_past(row: dict) -> str:
    """11 waits for it, 19 of 44 lines late."""
    parts = (
        [f"{readable.number(row['short_count'])} wait{'s' * (row['short_count'] != 1)} for it"]
        if row["short_count"]
        else []
    )
    parts += [f"{of(row['late_count'], row['due_count'])} lines late"] if row["due_count"] else []
    return ", ".join(parts) or "–"


def counted_before(history: Sequence[tuple[datetime, int]]) -> str:
    """Since when a number stands, and what it was before."""
    at, _ = history[-1]
    if len(history) < 2:
        return f"the first time on {readable.day(at.date())}"
    return f"since {readable.day(at.date())}, before {readable.number(history[-2][1])}"


def number_of(kpi) -> str:
    """85 % take less, in days; lower is better."""
    said = statistic(kpi) or {"rate": "the share of cases", "count": "how many", "total": "the sum"}.get(
        kpi.statistic, f"the {kpi.statistic}"
    )
    return f"{said}; {DIRECTION[kpi.direction]}" + (" is better" if kpi.direction != "none" else "")


def target_from(is_configured: bool) -> str:
    """Where a target comes from."""
    return "of ops.toml" if is_configured else "of the KPI's file"


def entries(count: int, what: str) -> str:
    """11 KPIs."""
    return f"{readable.number(count)} {what}{'s' * (count != 1)}"


def survival(kpi, ended: Sequence[dict]) -> str:
    """Half ended within 1.3 d, 90 % within 6 d."""
    known = {row["share"]: row["seconds"] for row in ended}
    half, most = known[0.5], known[0.9]
    if half is None:
        return "Half of them are still open."
    words = f"Half ended within {readable.measured(half, kpi.unit)}"
    return f"{words}, 90 % within {readable.measured(most, kpi.unit)}." if most is not None else f"{words}."


def closed_only(point: Point) -> str:
    """What the figure of ended cases alone leaves out."""
    ended = readable.number(point.n - point.n_open)
    return (
        f"of the {ended} ended cases alone: too short by what the {readable.number(point.n_open)} open ones still take"
    )


def too_few(n: int) -> str:
    """Why a value is not judged against its target."""
    return f"too few to judge: {cases_of(n)}, {LEAST_JUDGED} needed"


def printed(weeks: int, plants: str, clock: str, narrowed: Mapping[str, str]) -> str:
    """The filters as a sheet of paper names them."""
    known = {"Plants": plants, "Period": last_weeks(weeks), "Clock": clock} | narrowed
    return " · ".join(f"{name}: {value}" for name, value in known.items())


def time_of(plant: str, zone: str) -> str:
    """in Lyon, Europe/Paris."""
    return f"in {plant}, {zone}"


def last_weeks(weeks: int) -> str:
    return f"last {weeks} weeks, where it is not said otherwise"


def times_of_file(zones: Mapping[str, str]) -> str:
    """Times are in UTC; the plants are in: Lyon Europe/Paris."""
    places = ", ".join(f"{name} {zone}" for name, zone in zones.items())
    return f"in UTC. Time zones of the plants: {places}" if places else "in UTC"


def cut_file(most: int, count: int) -> str:
    return f"the first {most} of {count}: the CSV has all"


def no_number_by(missing: Sequence[str]) -> str:
    """Why a KPI has no number under a filter: it does not know its product family."""
    return f"not by {_either(missing)}: this KPI does not know it"


def not_narrowed(missing: Sequence[str]) -> str:
    """Says where a filter cannot be honoured: Not by product family, which is not told of these: all are here."""
    return f"Not by {_either(missing)}, which is not told of these: all are here."


def _either(dimensions: Sequence[str]) -> str:
    return " or ".join(dimension(name).lower() for name in dimensions)


def more_rows(count: int) -> str:
    return f"{readable.number(count)} more"


def counts_at_risk(order: dict) -> str:
    """Whether an order counts in what is at risk, and if not, why."""
    if not order["is_due_soon"]:
        return "no, due later"
    return "yes" if order["is_end"] else "no, another order waits for it"


def acceptable(row: dict) -> str:
    """Against what an age is held: acceptable is 3 d."""
    return f"acceptable is {readable.duration(row['limit_seconds'])}"


def rule(one) -> str:
    """What a kind of exception means, and what is to be done."""
    return f"{one.definition} What to do: {one.remedy}."


def exceptions_since(than) -> str:
    """Beside what new is told."""
    if than is None:
        return "What is new, and what is gone, is not known: no file published a day ago is kept."
    return f"New and no longer found: since {readable.day(than.as_of.date())}, {than.as_of:%H:%M} UTC."


def gone(than) -> str:
    """Since when, and what that may mean."""
    return (
        f"found on {readable.day(than.as_of.date())}, {than.as_of:%H:%M} UTC, and not any more: dealt with, or its "
        "rule or limit was changed meanwhile"
    )


def kinds(found: Sequence) -> str:
    """17 kinds are open, of 9 none is, 1 cannot be told."""
    some = sum(one.open_count > 0 for one in found)
    untold = sum(one.reason is not None for one in found)
    off = sum(one.is_off for one in found)
    words = [f"some are open of {some} of {len(found)} kinds"]
    words += [f"{untold} cannot be told" if untold else "", f"{off} switched off" if off else ""]
    return "; ".join(filter(None, words))


def kinds_without(rest: Sequence) -> str:
    """9 kinds of which none is open, 1 that cannot be told."""
    untold = sum(one.reason is not None or one.is_off for one in rest)
    words = f"{len(rest) - untold} kind{'s' * (len(rest) - untold != 1)} of which none is open"
    return words + (f", {untold} of which nothing can be told" if untold else "")


def page(number: int, size: int, count: int) -> str:
    """26 to 50 of 351."""
    return f"{(number - 1) * size + 1} to {min(number * size, count)} of {readable.number(count)}"


def touches_each(count: float | None) -> str:
    """5.3 touches each."""
    return "–" if count is None else f"{count:.1f} touches each"


def at_step(stands_at: str) -> str:
    """Where an order stood when it was touched: after confirmed."""
    return "with it the order begins" if stands_at == "not yet created" else f"after {stands_at}"


def touched_there(row: dict) -> str:
    """433 of 673 orders, 0 of 433 touches changed nothing."""
    words = f"{of(row['touched_order_count'], row['order_count'])} orders"
    if not row["told_count"]:
        return f"{words}; whether a touch changed anything cannot be told"
    return f"{words}; {of(row['empty_count'], row['told_count'])} touches changed nothing"


def untold_touches(told_count: int, touch_count: int) -> str:
    """Of how many touches it cannot be told whether they changed anything."""
    rest = touch_count - told_count
    return (
        f"Of {of(rest, touch_count)} touches it cannot be told: Odoo keeps that they happened, not what for."
        if rest
        else ""
    )


def against_before(now: int, before: int) -> str:
    """was 312; as many as before."""
    return f"was {readable.number(before)} in the period before" if now != before else "as many as in the period before"


def weekly(name: str, counts: Sequence[int]) -> str:
    """The weeks of a line for a screen reader."""
    if not any(counts):
        return "none in these weeks"
    return f"{name}: {counts[0]} in the first and {counts[-1]} in the last of {len(counts)} weeks"


def shown(count: int, most: int) -> str:
    """139; of more than fit only the first."""
    return f"{readable.number(count)}" if count < most else f"the first {most}"


def put_aside(count: int) -> str:
    return f"{count} muted or resolved by decision"


def as_known(at: datetime, moved: int) -> str:
    """From data of 3 Nov 05:10 UTC; 2 weeks that were final then say something else now."""
    told = f"{moved} weeks that were final then say something else now"
    if moved < 2:
        told = f"{'1' if moved else 'no'} week that was final then says something else now"
    return f"from data of {readable.moment(at)} UTC; {told}"


def behind(found: Mapping[str, datetime], name: Callable[[str], str]) -> str:
    """Singapore from 9 h ago; of several how many, and the oldest."""
    plants, oldest = [name(plant) for plant in found], readable.ago(min(found.values()))
    return f"{plants[0]} from {oldest}" if len(plants) == 1 else f"{len(plants)} plants from up to {oldest}"


def against_odoo(found: Trust) -> tuple[str, str, str]:
    if found.differing:
        return "warn", "!", f"{len(found.differing)} of {found.counted_count} sources differ from Odoo"
    return "good", "✓", "as many as in Odoo"


def checks(found: Trust) -> tuple[str, str, str]:
    if found.failed_count:
        return "bad", "✕", f"{found.failed_count} of {found.check_count} checks failed"
    if found.warned_count:
        return "warn", "!", f"{found.warned_count} of {found.check_count} checks warn"
    return "good", "✓", f"all {found.check_count} checks pass"


def lacking(sources: Sequence[str]) -> str:
    """mrp_production not read; of several how many."""
    return f"{sources[0]} not read" if len(sources) == 1 else f"{len(sources)} sources not read"


def unblocked(rows: Sequence[dict], zone: str) -> str:
    """12 since 05:00 of the plant: 7 approvals, 5 quality holds."""
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    told = ", ".join(f"{count} {STUCK_KIND[kind]}" for kind, count in sorted(kinds.items(), key=lambda one: -one[1]))
    return f"since 05:00 in the plant: {told}; times in {zone}" if told else "since 05:00 in the plant"


def orders_held(total: dict) -> str:
    """13 orders, 6 late already."""
    count, late = total["order_count"], total["late_count"]
    return f"{readable.number(count)} order{'s' * (count != 1)}" + (f", {late} late already" if late else "")


def usual(row: dict) -> str:
    """Against what an age is held: 85 % of 175 cases took less than 9.9 d."""
    if row["usual_seconds"] is None:
        return "fewer than 20 cases of its kind ended in this plant in 26 weeks, or too many are still open"
    cases = f" of {readable.number(row['usual_case_count'])} cases" if row.get("usual_case_count") else ""
    return f"85 %{cases} of its kind in this plant take less than {readable.duration(row['usual_seconds'])}"


def since(first: date, words: str = "") -> str:
    """since 30 Aug; what else is to be said."""
    return "; ".join(filter(None, (f"since {readable.day(first)}", words)))


def waits_known(known: int, whole: int) -> str:
    """Of how many waits it is known for what."""
    left_out = (
        "" if known == whole else ", the others are left out: nothing was reserved during them or seen to be short"
    )
    return f"of {of(known, whole)} waits it is known for what{left_out}"


def worth(amounts: Mapping[str | None, float], unknown: int) -> str:
    """12,300 USD, 800 EUR; 2 without a value."""
    words = [readable.money(amount, currency) for currency, amount in amounts.items()]
    return ", ".join([*words, *([f"{unknown} without a value"] if unknown else [])])


def plans_known(known: int, whole: int) -> str:
    """Of how many open orders the plan is known."""
    if known == whole:
        return f"The plan of all {readable.number(whole)} open orders is known."
    return f"The plan of {of(known, whole)} open orders is known; of the others nobody saw it at their release."


def orders_count(count: int) -> str:
    return f"{readable.number(count)} order{'s' * (count != 1)}"


def step_count(count: int) -> str:
    return f"{readable.number(count)} step{'s' * (count != 1)}"


def decisions_by(row: dict) -> str:
    """167 by 2 people."""
    count = row["approver_count"]
    return f"{readable.number(row['decision_count'])} by {count} {'person' if count == 1 else 'people'}"


def late(found) -> str:
    """86 of 611 (14.1 %)."""
    if found.late_share is None:
        return "none judged yet"
    return f"{of(found.late_count, found.due_count)} ({readable.share(found.late_share)})"


def saved(found, total: int) -> str:
    return f"{of(found.saved_count, total)} ({readable.share(found.saved_count / total)})" if total else "–"


def exposed(found, currency: str | None) -> str:
    """120 documents, 81,000 USD."""
    documents = f"{readable.number(found.exposed_count)} document{'s' * (found.exposed_count != 1)}"
    return f"{documents}, {readable.money(found.exposed_amount, currency)}" if found.exposed_count else "none"


def rejected(found, currency: str | None) -> str:
    count = found.rejected_count
    return f"{readable.number(count)}, {readable.money(found.rejected_amount, currency)}" if count else "none"


def unvalued(count: int) -> str:
    return f"{step_count(count)} without a known value would still have been asked."


def interval(low: float | None, high: float | None) -> str:
    """70 to 86 %."""
    return f"{low * 100:.0f} to {high * 100:.0f} %" if low is not None and high is not None else ""


def workflow(name: str) -> str:
    return WORKFLOW.get(name, sentence(name))


def map_of(coverage: int) -> str:
    """What the map is of, and how to read it."""
    return f"the most frequent ways of {coverage} % of the cases, of each plant; on a line: {STEP_WORDS}"


def apart(step: Step, kind: str, by: float, names: Sequence[str]) -> str:
    """How a step differs between two plants, in words: 13 more of 100 cases in Lyon (26 against 13)."""
    one, other = step.passages
    if kind == "only":
        passage = one or other
        return f"only in {names[int(by)]}: {often(passage.per_case)} in 100 cases"
    where = names[1] if by > 0 else names[0]
    first, second = (other, one) if by > 0 else (one, other)
    if kind == "share":
        figures = f"{often(first.per_case)} against {often(second.per_case)}"
        return f"{100 * abs(by):.0f} more in 100 cases in {where} ({figures})"
    waits = (readable.duration(passage.wait_seconds) for passage in (first, second))
    return f"waits {readable.duration(abs(by))} longer in {where} ({' against '.join(waits)})"


def often(per_case: float) -> str:
    """How often in 100 cases."""
    return f"{100 * per_case:.0f}" if per_case >= 0.01 else "less than 1"


def way(names: Sequence[str], added: Sequence[str], missing: Sequence[str]) -> str:
    """A way by what it has and lacks beside the usual one; one that has little of it, by its activities."""
    if not added and not missing:
        return "The usual way"
    if len(missing) > 3:
        return sentence(f"{' and '.join(names) if len(names) < 3 else ', '.join(names)}, no more")
    parts = [f"with {', '.join(added)}"] if added else []
    parts += [f"without {', '.join(missing)}"] if missing else []
    return sentence("; ".join(parts))


def conform(row: dict) -> str:
    """86.2 % (84.9 to 87.4) of 2,877 that ended."""
    low, high = (readable.number(100 * row[name], 1) for name in ("low", "high"))
    return f"{readable.share(row['share'])} ({low} to {high}) of {readable.number(row['case_count'])} that ended"


def longer(one: DeviationClass) -> str:
    """4 h longer (1 h to 7 h); a difference that may be none says so."""
    if one.delay_seconds is None:
        return f"cannot be told: {one.reason}"
    words = f"{readable.duration(abs(one.delay_seconds))} {'longer' if one.delay_seconds >= 0 else 'shorter'}"
    low, high = readable.duration(one.delay_low), readable.duration(one.delay_high)
    return f"{words} (95 %: {low} to {high})" + (", may be none" if one.delay_low <= 0 <= one.delay_high else "")


def acceptance(one: Acceptance) -> str:
    return f"{one.rule}, {one.plant or 'all plants'}, until {readable.day(one.until_on)}"


def newest(found: int, most: int) -> str:
    """Says where there may be more than is shown."""
    return f"the {most} newest; the CSV has all" if found == most else cases_of(found)


def ledger(of: Ledger, clock: str) -> str:
    """What a plant's lines are of: 685 orders, half took 6.1 d or less and 85 % 12.2 d; the plant was closed ..."""
    if not of.order_count:
        return "No order was completed in the last 26 weeks: only what is held now is told."
    length = readable.working_time if clock == "working" else readable.duration
    words = f"{readable.number(of.order_count)} orders, half took {length(of.lead_p50)} or less"
    words += f", 85 % {length(of.lead_p85)}"
    if clock == "working":
        words += ", by its working time"
    if of.closed_share:
        words += f". For {readable.share(of.closed_share)} of the lead time the plant was closed: nobody's wait"
    return words + (f". When it is closed is not known: {of.gap}." if of.gap else ".")


def before_work(row: dict) -> str:
    """Of the hours of an owner, those before work began and those of timed work."""
    parts = [
        f"{readable.number(row[name] / readable.HOUR)} {words}"
        for name, words in (("before_seconds", "before work began"), ("touch_seconds", "of timed work"))
        if (row[name] or 0) >= readable.HOUR
    ]
    return ", ".join(parts)


def open_orders(count: int) -> str:
    return f"{readable.number(count)} open order{'s' * (count != 1)}" if count else "–"


def no_order(name: str) -> str:
    return f"There is no production order {name} in the plants you see: write its name as in Odoo, such as WH/MO/00042."


def waterfall(count: int, seconds: float, zone: str) -> str:
    """Says that the stretches add up."""
    pieces = f"{count} stretch{'es' * (count != 1)}"
    return f"{pieces} that add up to the lead time of {readable.duration(seconds)}; times in {zone}"


def closed(stretch: dict) -> str:
    """How much of a stretch nobody worked."""
    return f"closed for {readable.duration(stretch['closed_seconds'])}" if stretch["closed_seconds"] else ""


def stretch(row: dict) -> str:
    """What an owner waited for, or did."""
    parts = [row["detail"], row["work_center"], row["supplier"] and f"from {row['supplier']}"]
    return ", ".join(filter(None, [*parts, "timed work" if row["is_touch"] else None])) or "–"


def owner(name: str) -> str:
    return "plant closed" if name == "closed" else name
