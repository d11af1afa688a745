"""One file per Odoo model that Plant Pulse reads; see etl/source.py for what a file declares."""
