"""The pages people read. Nothing here knows how data got into the warehouse."""
