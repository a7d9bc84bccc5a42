"""One event of every type as a client sends it: the examples of the API's description.

They can be appended to the sample story, each alone but for the reinstatement, which needs the withdrawal before it.
"""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "DevelopmentReported": {
        "type": "DevelopmentReported",
        "id": "evt-2025-04-28-kcna",
        "development": "dprk-confirms-kursk-troops",
        "headline": "Pyongyang confirms for the first time that its soldiers fight in Kursk",
        "kind": "statement",
        "occurred": "2025-04-28",
        "actors": [{"actor": "north-korea", "role": "speaker"}, {"actor": "russia", "role": "subject"}],
        "place": {"name": "Kursk region", "country": "RU", "latitude": 51.7, "longitude": 36.2},
        "topics": ["dprk-russia"],
        "report": {
            "source": "KCNA",
            "reported": "2025-04-28",
            "attributed_to": "north-korea",
            "grade": "B2",
            "figures": [
                {
                    "metric": "dprk-killed",
                    "low": 100,
                    "approximate": False,
                    "unit": "people",
                    "as_at": "2024-12",
                    "note": "preliminary",
                }
            ],
        },
    },
    "DevelopmentCorroborated": {
        "type": "DevelopmentCorroborated",
        "development": "dprk-troops-fight-in-kursk",
        "changes": {
            "summary": "The soldiers were sent under the treaty of June 2024, the party's military commission says."
        },
        "report": {"source": "Yonhap", "reported": "2025-04-28", "url": "https://en.yna.co.kr/", "grade": "B2"},
    },
    "DevelopmentConfirmed": {
        "type": "DevelopmentConfirmed",
        "development": "dprk-troops-fight-in-kursk",
        "by": "russia",
        "report": {"source": "TASS", "reported": "2025-04-26", "attributed_to": "russia", "grade": "A5"},
    },
    "DevelopmentDenied": {
        "type": "DevelopmentDenied",
        "development": "dprk-troops-fight-in-kursk",
        "by": "north-korea",
        "report": {"source": "UN First Committee", "reported": "2024-10-21", "attributed_to": "north-korea"},
    },
    "DevelopmentCorrected": {
        "type": "DevelopmentCorrected",
        "development": "dprk-losses-in-kursk",
        "changes": {
            "headline": "About 4,700 North Korean casualties, 600 of them dead, Seoul says",
            "occurred": "2025-04",
        },
        "reason": "The first account gave the number of wounded as that of the dead.",
        "report": {"source": "KBS", "reported": "2025-05-02", "attributed_to": "nis"},
    },
    "ReportWithdrawn": {
        "type": "ReportWithdrawn",
        "development": "storm-shadow-strike-500",
        "withdraws": ["evt-2024-11-24-storm-shadow"],
        "reason": "The outlet took its article down.",
        "report": {"source": "KBS", "reported": "2024-11-29"},
    },
    "ReportReinstated": {
        "type": "ReportReinstated",
        "development": "storm-shadow-strike-500",
        "reinstates": ["evt-2024-11-24-storm-shadow"],
        "reason": "The article is back, unchanged.",
        "report": {"source": "KBS", "reported": "2024-12-03"},
    },
    "DevelopmentAmended": {
        "type": "DevelopmentAmended",
        "development": "storm-shadow-strike-500",
        "amends": "evt-2024-11-24-storm-shadow",
        "changes": {"headline": "Storm Shadow missiles are claimed to have killed 500 North Koreans", "place": None},
        "report": {"reported": "2024-11-24", "grade": "C6"},
        "reason": "Our typing error in the missile's name.",
    },
    "ActorRegistered": {
        "type": "ActorRegistered",
        "id": "evt-actor-workers-party-of-korea",
        "actor": "workers-party-of-korea",
        "name": "Workers' Party of Korea",
        "kind": "organisation",
        "aliases": ["WPK", "조선로동당"],
    },
    "ActorRenamed": {
        "type": "ActorRenamed",
        "actor": "jcs-south-korea",
        "name": "Joint Chiefs of Staff of the Republic of Korea",
    },
    "ActorAliasAdded": {"type": "ActorAliasAdded", "actor": "kim-jong-un", "alias": "김정은"},
    "ActorAffiliated": {
        "type": "ActorAffiliated",
        "actor": "sergei-lavrov",
        "with": "russia",
        "title": "foreign minister",
        "period": "2004-03-09/..",
    },
    "ActorAmended": {
        "type": "ActorAmended",
        "actor": "nis",
        "changes": {"name": "National Intelligence Service", "kind": "organisation", "aliases": ["NIS"]},
        "reason": "Entered as a state by mistake.",
    },
    "ActorMerged": {"type": "ActorMerged", "actor": "ukrainian-sof", "into": "ukraine"},
}
