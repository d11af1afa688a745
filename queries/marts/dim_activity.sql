/*
grain = "one row per tracked state and the activity that entering it stands for; rank orders activities of one moment"
key = ["record_model", "field", "value"]
*/
select
    record_model,
    field,
    value,
    activity,
    rank,
from (
    values
    ('mrp.production', 'state', 'draft', 'reset to draft', 10),
    ('mrp.production', 'state', 'confirmed', 'confirmed', 20),
    ('mrp.production', 'state', 'progress', 'started', 40),
    ('mrp.production', 'state', 'to_close', 'ready to close', 50),
    ('mrp.production', 'state', 'done', 'done', 60),
    ('mrp.production', 'state', 'cancel', 'cancelled', 70),
    ('mrp.production', 'reservation_state', 'confirmed', 'material short', 30),
    ('mrp.production', 'reservation_state', 'waiting', 'material awaited from another operation', 31),
    ('mrp.production', 'reservation_state', 'assigned', 'material ready', 32),
    ('purchase.order', 'state', 'draft', 'reset to draft', 10),
    ('purchase.order', 'state', 'sent', 'request sent', 20),
    ('purchase.order', 'state', 'to approve', 'approval requested', 30),
    ('purchase.order', 'state', 'purchase', 'ordered', 40),
    ('purchase.order', 'state', 'done', 'locked', 60),
    ('purchase.order', 'state', 'cancel', 'cancelled', 70),
    ('purchase.order', 'acknowledged', '1', 'confirmed by vendor', 90)
) as activity (record_model, field, value, activity, rank)
