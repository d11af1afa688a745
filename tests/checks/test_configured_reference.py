"""A plant that ops.toml names as reference and that is none is told."""

from queries.config import Config, Harmonization


def test_a_reference_that_is_no_plant_is_found(build):
    built = build(config=Config(harmonization=Harmonization(("Nord/WH", "North/WH"))))
    assert built.check("configured_reference_without_plant") == [{"plant": "North/WH"}]
    assert build().check("configured_reference_without_plant") == []
