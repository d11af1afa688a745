"""Flows of purchase orders that people and machines share. Each function plays one case in one plant."""

from tests.live.purchase_flows import LOW
from tests.live.scene import ROBOT, flow


@flow(days_ago=31)
def by_the_robot(p):
    """Created and confirmed by a user that ops.toml lists."""
    done = p.at(hours=1, seconds=2)
    order = p.new_purchase(p.at(), LOW, user=ROBOT)
    p.on_purchase(done, order, "button_confirm", ROBOT)
    return [p.purchase(order, "robot alone", touch=(done, True, "A"), ordered=(done, True))]


@flow(days_ago=30)
def by_the_robot_and_a_buyer(p):
    """Created by the robot, confirmed by a person; and the other way round."""
    done = p.at(hours=2, seconds=4)
    one, two = p.new_purchase(p.at(), LOW, user=ROBOT), p.new_purchase(p.at(), LOW)
    p.on_purchase(done, one, "button_confirm", "buyer")
    p.on_purchase(done, two, "button_confirm", ROBOT)
    return [
        p.purchase(order, "a person and the robot", touch=(done, False, "B"), ordered=(done, order == two))
        for order in (one, two)
    ]


@flow(days_ago=29)
def by_a_scheduled_action(p):
    """Created by the robot, confirmed by a scheduled action of Odoo's system user."""
    done = p.at(hours=3, seconds=6)
    order = p.new_purchase(p.at(), LOW, user=ROBOT)
    p.scheduled(done, "purchase.order", f"model.browse({order}).button_confirm()")
    return [p.purchase(order, "robot, then a scheduled action", touch=(done, True, "B"), ordered=(done, True))]


@flow(days_ago=27)
def by_a_background_job(p):
    """Created by the robot, confirmed by a job that a person enqueued: Odoo shows that person's name."""
    done = p.at(hours=4, seconds=8)
    order = p.new_purchase(p.at(), LOW, user=ROBOT)
    job = p.in_background(done, "purchase.order", f"browse({order})", "button_confirm()")
    return [
        p.purchase(order, "robot, then a background job", touch=(done, True, "B"), ordered=(done, True)),
        p.job_for(job, "confirmed an order", "success", done, begun=done, ended=done),
    ]
