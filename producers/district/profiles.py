"""The demonstration district: four schools, each with a character of its own."""

from producers.district.organisation import District, Part, SchoolProfile

SCHOOLS = (
    SchoolProfile(
        school_id="2199000001",
        name="示范区云杉小学",
        parts=(Part("primary", 2, 41),),
        detail=("homework", "sleep", "phone", "reading", "fitness"),
    ),
    SchoolProfile(
        school_id="2199000002",
        name="示范区临溪初级中学",
        parts=(Part("junior", 3, 46),),
        silent_weeks=(6,),
        permit_share=0.8,
    ),
    SchoolProfile(
        school_id="2199000003",
        name="示范区石桥九年制学校",
        parts=(Part("primary", 1, 40), Part("junior", 1, 42)),
        system="5-4",
        pe_a_week=4,
        big_breaks=1,
        silent_friday_share=0.6,
        standing_nil_grades=(1, 2),
    ),
    SchoolProfile(
        school_id="2199000004",
        name="示范区北岭高级中学",
        parts=(Part("senior", 3, 48),),
        boarding=True,
        detail=("phone",),
        pe_a_week=3,
    ),
)


def demonstration_district(seed: int = 2026) -> District:
    """About 40 classes and 1,700 pupils."""
    return District(
        seed=seed,
        province_id="990000",
        province_name="示范省",
        district_id="990101",
        name="示范区",
        schools=SCHOOLS,
    )
