"""The workflows of the real n8n: each goes right or wrong in its own way. Needs only the standard library.

Each begins with a webhook, but for the sub-workflow and the error workflow.
"""

import os
from itertools import pairwise

UPSTREAM = f"http://127.0.0.1:{os.environ.get('PLANT_PULSE_N8N_UPSTREAM_PORT', 5690)}"
CLOSED = "http://127.0.0.1:9/"  # nothing listens there
WAIT_SECONDS = 66  # from 65 s on n8n parks a waiting run in its database
TIMEOUT_SECONDS = 2
ON_ERROR = "wfErrHandler0001"
_DONE = {"id": "1", "name": "done", "value": "yes", "type": "string"}
TAGS = {
    "wfOrderOk0000001": ("plant:LYON", "owner:Head of logistics", "orders"),
    "wfStockFail00001": ("plant:LYON",),
}


def every():
    """All workflows, as n8n imports them, those that are called by others first."""
    done = _node("Set", "set", 3.4, assignments={"assignments": [_DONE]}, options={})
    tries = {"retryOnFail": True, "maxTries": 3, "waitBetweenTries": 500}
    refuse = _node("Refuse", "stopAndError", 1, errorMessage="No price for anna@example.com")
    child = {"__rl": True, "mode": "id", "value": "wfChild000000001"}
    call = _node(
        "Call", "executeWorkflow", 1.2, source="database", workflowId=child, options={"waitForSubWorkflow": True}
    )
    called = _node("Called", "executeWorkflowTrigger", 1.1, inputSource="passthrough")
    failed = _node("Error", "errorTrigger", 1)
    unheeded = _http(CLOSED) | {"onError": "continueRegularOutput"}
    stock = [_hook("stock-fail"), _keep(), _http(CLOSED)]
    return [
        _workflow("wfOrderOk0000001", "Send order", [_hook("order-ok"), _keep(), done]),
        _workflow("wfStockFail00001", "Send stock", stock, errorWorkflow=ON_ERROR),
        _workflow("wfRetry000000001", "Flaky", [_hook("retry"), _http(f"{UPSTREAM}/flaky") | tries]),
        _workflow("wfRetryFail00001", "Down", [_hook("retry-fail"), _http(f"{UPSTREAM}/down") | tries]),
        _workflow("wfStop0000000001", "Refuse", [_hook("stop"), refuse]),
        _workflow("wfSwallow0000001", "Swallow", [_hook("swallow"), unheeded, done]),
        _workflow("wfIgnore00000001", "Ignore", [_hook("ignore"), unheeded, done]),
        _workflow("wfTimeout0000001", "Slow", [_hook("timeout"), _wait(20)], executionTimeout=TIMEOUT_SECONDS),
        _workflow(ON_ERROR, "On error", [failed, done]),
        _workflow("wfNoSave00000001", "Not kept", [_hook("no-save"), done], saveDataSuccessExecution="none"),
        _workflow("wfWait0000000001", "Patient", [_hook("wait"), _wait(WAIT_SECONDS), done]),
        _workflow("wfLong0000000001", "Until tomorrow", [_hook("long"), _wait(86400), done]),
        _workflow("wfCut00000000001", "Cut off", [_hook("cut"), _wait(50), done]),
        _workflow("wfChild000000001", "Child", [called, done]),
        _workflow("wfParent00000001", "Parent", [_hook("parent"), call]),
        _workflow("wfRepair00000001", "Repaired", [_hook("repair"), _keep(), _http(f"{UPSTREAM}/switch")]),
    ]


def _workflow(id, name, nodes, **settings):
    placed = [node | {"id": f"{id}-{number}", "position": [220 * number, 0]} for number, node in enumerate(nodes)]
    connections = {
        before["name"]: {"main": [[{"node": after["name"], "type": "main", "index": 0}]]}
        for before, after in pairwise(nodes)
    }
    return {
        "id": id,
        "name": name,
        "active": False,
        "nodes": placed,
        "connections": connections,
        "settings": {"executionOrder": "v1"} | settings,
    }


def _node(name, type, version, **parameters):
    return {"name": name, "type": f"n8n-nodes-base.{type}", "typeVersion": version, "parameters": parameters}


def _hook(path):
    return _node("Hook", "webhook", 2, httpMethod="POST", path=path, responseMode="onReceived") | {"webhookId": path}


def _keep():
    """Keeps with the run what it is about."""
    values = [
        {"key": "correlation_id", "value": "={{ $json.body.correlation_id }}"},
        {"key": "odoo_ref", "value": "={{ $json.body.odoo_model }},{{ $json.body.odoo_id }}"},
    ]
    return _node("Keep", "executionData", 1, operation="save", dataToSave={"values": values})


def _http(url):
    return _node("Ask", "httpRequest", 4.2, url=url, options={})


def _wait(seconds):
    return _node("Wait", "wait", 1.1, resume="timeInterval", amount=seconds, unit="seconds")
