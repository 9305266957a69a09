"""A whole issue in each language, as editors would write it: what the mail and its pictures are tried with."""

from django.conf import settings

from newsletter.content import Content, Line, Reference, Section

# Kind, key, claim, grade before, grade now, numbers of references; the words stand in the same order below.
_LINES = (
    ("changed", "regrade", "vitamin-d-prevents-falls", "weak", "against", (1, 2)),
    ("changed", "regrade", "psyllium-lowers-ldl", "moderate", "strong", (3,)),
    ("changed", "regrade", "red-light-thickens-hair", "", "unsupported", (4,)),
    ("changed", "retraction", "ashwagandha-lowers-cortisol", "", "emerging", (5,)),
    ("changed", "correction", "", "", "", (6, 7)),
    ("new", "edition", "", "", "", (6, 8)),
    ("new", "new_study", "creatine-keeps-strength", "", "moderate", (9,)),
    ("hype", "spotlight", "glutamine-seals-a-leaky-gut", "", "weak", (6, 7, 8)),
)
_WORKS = (
    (
        "leboff2020",
        (
            "LeBoff MS, Murata EM, Cook NR, et al. VITamin D and OmegA-3 TriaL (VITAL): effects of vitamin D "
            "supplements on risk of falls in the US population. J Clin Endocrinol Metab. 2020;105(9):2929-2938."
        ),
    ),
    (
        "leboff2022",
        (
            "LeBoff MS, Chou SH, Ratliff KA, et al. Supplemental vitamin D and incident fractures in midlife and "
            "older adults. N Engl J Med. 2022;387(4):299-309."
        ),
    ),
    (
        "jovanovski2018",
        (
            "Jovanovski E, Yashpal S, Komishon A, et al. Effect of psyllium (Plantago ovata) fiber on LDL "
            "cholesterol and alternative lipid targets. Am J Clin Nutr. 2018;108(5):922-932."
        ),
    ),
    ("search2026", "Search log of Wellness Radar: red light and hair density in women, through 20 Nov 2026."),
    ("retraction2026", "Retraction notice of a demonstration trial. Demonstration record. 2026."),
    (
        "abbasi2024",
        (
            "Abbasi F, Haghighat Lari MM, Khosravi GR, et al. A systematic review and meta-analysis of clinical "
            "trials on the effects of glutamine supplementation on gut permeability. Amino Acids. 2024;56(1):60."
        ),
    ),
    (
        "zhou2019",
        (
            "Zhou Q, Verne ML, Fields JZ, et al. Randomised placebo-controlled trial of dietary glutamine "
            "supplements for postinfectious irritable bowel syndrome. Gut. 2019;68(6):996-1002."
        ),
    ),
    (
        "heyland2013",
        (
            "Heyland D, Muscedere J, Wischmeyer PE, et al. A randomized trial of glutamine and antioxidants in "
            "critically ill patients. N Engl J Med. 2013;368(16):1489-1497."
        ),
    ),
    (
        "devries2014",
        (
            "Devries MC, Phillips SM. Creatine supplementation during resistance training in older adults: a "
            "meta-analysis. Med Sci Sports Exerc. 2014;46(6):1194-1203."
        ),
    ),
)
_SUBJECTS = {
    "en": "Tested, and failed: vitamin D and falls",
    "zh-hant": "試過了，沒有用：維生素 D 與跌倒",
}
_OPENINGS = {
    "en": (
        (
            "Good morning. One grade rose this week and one sank; a third claim was graded for the first time, "
            "and a trial we relied on was withdrawn by its own journal."
        ),
        "Nothing here asks you to buy, stop or start anything. It takes about four minutes.",
    ),
    "zh-hant": (
        "早安。這週有一項評級上升、一項下降，另一項主張首次評級；我們引用過的一項試驗，被刊登它的期刊撤稿了。",
        "這裡沒有任何一句話要你買、停或開始服用什麼。讀完大約四分鐘。",
    ),
}
_WORDS = {
    "en": (
        (
            "Vitamin D prevents falls in older people who are not deficient",
            "A second large trial found no difference, so the claim leaves the doubtful and joins the disproved.",
        ),
        (
            "Psyllium lowers LDL cholesterol",
            "A review of 28 trials agrees with the one before it, and both are of good quality.",
        ),
        ("Red light therapy thickens hair in women", "We searched, and found no controlled trial."),
        (
            "Ashwagandha lowers evening cortisol",
            "One of its two trials was retracted on Tuesday. The claim is under reassessment.",
        ),
        (
            "Glutamine feeds the gut wall: a number put right",
            "The trial enrolled 106 people, not 160 as we wrote until Thursday. No grade depended on it.",
        ),
        (
            "Glutamine feeds the gut wall. Mending it is another matter.",
            "Edition 1.2 splits the sales pitch into five claims and grades each of them on its own.",
        ),
        (
            "Creatine preserves strength in people over 60",
            "A meta-analysis joined the record. It agrees with what we held; the grade stays as it is.",
        ),
        (
            "“Glutamine seals a leaky gut.”",
            (
                "The pooled trials say that nothing happened. One small trial says that a great deal did, in people "
                "whose bowel had been upset by an infection. That is a reason for a second trial, not for a powder."
            ),
        ),
    ),
    "zh-hant": (
        (
            "維生素 D 可預防未缺乏者跌倒（年長者）",
            "第二項大型試驗同樣沒有看到差異，這項主張從「存疑」變成「經試驗否定」。",
        ),
        ("洋車前子可降低低密度膽固醇", "一篇納入 28 項試驗的回顧與先前那篇結論一致，兩篇的品質都良好。"),
        ("紅光療法可讓女性頭髮變密", "我們搜尋過了，沒有找到任何有對照組的試驗。"),
        ("南非醉茄可降低傍晚的皮質醇", "兩項試驗之中，有一項在週二遭撤稿。這項主張正在重新評估。"),
        (
            "〈麩醯胺酸餵養腸壁〉：更正一個數字",
            "該試驗收了 106 人，不是我們到週四為止所寫的 160 人。沒有任何評級受影響。",
        ),
        (
            "麩醯胺酸餵養腸壁，修補卻是另一回事",
            "1.2 版把廣告詞拆成五項主張，逐一評級。",
        ),
        ("肌酸可維持 60 歲以上者的肌力", "一篇統合分析加入紀錄，與我們原先的看法相符，評級不變。"),
        (
            "「麩醯胺酸能修補腸漏。」",
            (
                "合併各試驗的結果：什麼也沒發生。只有一項小型試驗說效果很大，受試者是感染後腸道不適的人。"
                "這足以支持再做一項試驗，不足以支持買一罐粉末。"
            ),
        ),
    ),
}


def sample_content(
    language: str = "en", *, revision: int = 1, erratum: tuple[str, ...] = (), lines: int = 8, works: int = 9
) -> Content:
    """An issue with every kind of line; asked for more `lines` or `works` than it has, it repeats what it says."""
    site = settings.SITE_URL.rstrip("/") + ("" if language == "en" else "/zh-hant")
    sections = []
    for code in ("changed", "new", "hype"):
        at = [number for number in range(lines) if _LINES[number % 8][0] == code]
        if at:
            sections.append(Section(code, tuple(_line(number, site, language, works) for number in at)))
    references = [
        Reference(
            number + 1, _WORKS[number % 9][1], f"{site}/studies/{_WORKS[number % 9][0]}{_again(number, 9)}/"
        )
        for number in range(works)
    ]
    return Content(
        iso_week="2026-W48",
        sunday="2026-11-29",
        language=language,
        revision=revision,
        subject=_SUBJECTS[language],
        opening=_OPENINGS[language],
        erratum=erratum,
        sections=tuple(sections),
        references=tuple(references),
        archive_url=f"{site}/brief/2026-w48/",
    )


def _line(number: int, site: str, language: str, works: int) -> Line:
    _section, kind, slug, before, now, refs = _LINES[number % 8]
    text, why = _WORDS[language][number % 8]
    again = _again(number, 8)
    shift = number // 8 * 9
    return Line(
        key=f"{kind}:{slug}{again}:{number}",
        kind=kind,
        text=text,
        why=why,
        url=f"{site}/claims/{slug}{again}/" if slug else f"{site}/articles/l-glutamine/",
        refs=tuple((ref - 1 + shift) % works + 1 for ref in refs),
        claim=f"CLM-{slug}{again}" if slug else "",
        grade=now,
        previous_grade=before,
    )


def _again(number: int, of: int) -> str:
    return f"-{number // of + 1}" if number >= of else ""
