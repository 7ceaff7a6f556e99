"""The twelve schools of the simulated district, each with a character, and districts of any size.

Where a district has more than twelve, the twelve come again under other numbers and names; where
it has fewer, some of them are left out. What a school sends never hangs on who else is there.
"""

from msgspec import structs

from producers.district.names import invented_name
from producers.district.organisation import District, Part, SchoolProfile

FIRST_SCHOOL_ID = 2199000001
NINE_YEAR = "九年制学校"
SMALL_MIX = (5, 8, 9, 3, 11, 2, 6, 10, 7, 4, 1, 0)
"""Which of the twelve a smaller district has: of every stage first, and small schools."""

# `name` is the kind of school here.
TWELVE = (
    SchoolProfile(name="小学", parts=(Part("primary", 48, 44),)),
    # Says everything late, and puts right what was wrong.
    SchoolProfile(
        name="小学",
        parts=(Part("primary", 36, 43),),
        hands_in="late",
        corrected_share=0.2,
        forbidden_share=0.012,
    ),
    SchoolProfile(
        name="小学",
        parts=(Part("primary", 30, 42),),
        detail=("homework", "reading", "fitness"),
    ),
    SchoolProfile(
        name="小学",
        parts=(Part("primary", 24, 41),),
        nightly_bedtimes=True,
        hands_in="on_fridays",
    ),
    SchoolProfile(
        name="小学", parts=(Part("primary", 24, 40),), too_perfect=True, forbidden_share=0
    ),
    SchoolProfile(
        name="小学",
        parts=(Part("primary", 6, 22),),
        big_breaks=1,
        silent_friday_share=0.9,
    ),
    SchoolProfile(
        name="初级中学",
        parts=(Part("junior", 30, 48),),
        dead_weeks=(6, 12),
    ),
    SchoolProfile(
        name="初级中学",
        parts=(Part("junior", 24, 47),),
        detail=("homework", "phone", "reading", "fitness"),
    ),
    SchoolProfile(
        name="初级中学",
        parts=(Part("junior", 18, 46),),
        pe_a_week=3,
        big_breaks=1,
        overloaded_grades=(9,),
    ),
    SchoolProfile(
        name=NINE_YEAR,
        parts=(Part("primary", 18, 41), Part("junior", 9, 46)),
        pe_a_week=4,
        standing_nil_grades=(1, 2),
        zeros_contradicted=True,
    ),
    SchoolProfile(
        name="中学",
        parts=(Part("junior", 12, 48), Part("senior", 18, 49)),
        pe_a_week=3,
        permit_share=0.8,
        forbidden_share=0.012,
    ),
    SchoolProfile(
        name="高级中学",
        parts=(Part("senior", 36, 50),),
        boarding=True,
        pe_a_week=2,
    ),
)


def simulated_district(seed: int = 2026, schools: int = len(TWELVE)) -> District:
    """The district of so many schools; with twelve: 333 classes and 14,802 pupils."""
    return District(
        seed=seed,
        province_id="990000",
        province_name="示范省",
        district_id="990101",
        name="示范区",
        schools=tuple(_school(number) for number in _numbers(schools)),
    )


def _numbers(schools: int) -> list[int]:
    return sorted(SMALL_MIX[:schools]) if schools < len(TWELVE) else list(range(schools))


def _school(number: int) -> SchoolProfile:
    """The school of a number from 0 on: one of the twelve, or one like it."""
    copy, which = divmod(number, len(TWELVE))
    like = TWELVE[which]
    return structs.replace(
        like,
        school_id=str(FIRST_SCHOOL_ID + number),
        name=f"示范区{invented_name(like.name, number)}",
        # Every other school with nine grades parts them five and four: grade 6 is junior there.
        system="5-4" if copy % 2 and like.name == NINE_YEAR else like.system,
    )
