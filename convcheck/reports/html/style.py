"""The look of the page: light and dark, on a screen of any width and on paper."""

# Text has a contrast of 4.5 : 1 at least to what is behind it. Shades of errors go from light to dark on white and from
# dark to light on black; those of values are blue and orange, which most of the colour-blind tell apart.
LIGHT = """
--back:#fff;--fore:#1b1f24;--dim:#57606a;--edge:#c9d1d9;--soft:#f3f5f7;--red:#b3261e;--green:#1a6f30;--yellow:#7a5200;
--cyan:#0b6472;--lines:#8c959f;--right:#fff;--step1:#fbd476;--step2:#f2a03d;--step3:#dd6127;--step4:#ad2b3a;
--step5:#5f0d28;--undecided:#d7dbe0;--padding:#e7ebef;--plus1:#fbd3a6;--plus2:#f0a052;--plus3:#a8540a;--minus1:#d3e3f5;
--minus2:#7fb0e0;--minus3:#23629f;--mark:#1b1f24;--ring:#0550ae;
"""
DARK = """
--back:#14171a;--fore:#e6e8ea;--dim:#a3abb3;--edge:#3d444b;--soft:#1e2328;--red:#ff9a91;--green:#7ee294;--yellow:#e8c66a;
--cyan:#74d3e2;--lines:#5d666f;--right:#14171a;--step1:#6b2a44;--step2:#a53c4b;--step3:#dd653c;--step4:#f5aa5a;
--step5:#fff0b8;--undecided:#3b424a;--padding:#262c32;--plus1:#4f3319;--plus2:#a86a2a;--plus3:#f8bd78;--minus1:#233c5c;
--minus2:#3f79b8;--minus3:#9fcbf5;--mark:#fff;--ring:#79c0ff;
"""
FILLS = (
    *("right", "step1", "step2", "step3", "step4", "step5", "undecided", "padding"),
    *("plus1", "plus2", "plus3", "minus1", "minus2", "minus3"),
)


def _rules() -> str:
    drawn = "".join(f"svg .{name}{{stroke:var(--{name})}}.key .{name}{{background:var(--{name})}}" for name in FILLS)
    return f"""
:root{{color-scheme:light dark;{LIGHT}}}
@media screen and (prefers-color-scheme:dark){{:root{{{DARK}}}}}
*{{box-sizing:border-box}}
body{{margin:0 auto;max-width:76rem;padding:1rem;background:var(--back);color:var(--fore);
font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}
h1{{font-size:1.4rem;line-height:1.3;margin:.2rem 0}}
h2{{font-size:1.15rem;margin:2rem 0 .5rem;padding-bottom:.2rem;border-bottom:1px solid var(--edge)}}
h3{{font-size:1rem;margin:1.5rem 0 .3rem}}
h4{{font-size:1rem;margin:1rem 0 .2rem}}
h5{{font-size:.9rem;margin:.2rem 0}}
p,ul,ol{{margin:.3rem 0}}
ul,ol{{padding-left:1.3rem}}
code,pre,td,th{{font-family:ui-monospace,monospace;font-size:.85rem}}
pre{{margin:.3rem 0;padding:.5rem .7rem;background:var(--soft);border:1px solid var(--edge);border-radius:4px;
white-space:pre-wrap}}
table{{border-collapse:collapse}}
td,th{{padding:.15rem .6rem;border-bottom:1px solid var(--edge);white-space:nowrap;overflow-wrap:normal}}
th{{color:var(--dim);font-weight:normal}}
.scroll{{overflow-x:auto;max-width:100%;margin:.3rem 0}}
.entries .scroll{{max-height:17rem;overflow-y:auto}}
.conclusion,.check,details{{border:1px solid var(--edge);border-radius:6px;margin:.6rem 0;padding:.5rem .9rem}}
.conclusion{{border-left:4px solid var(--red)}}
.conclusion h3,.check h4{{margin-top:.1rem}}
summary{{cursor:pointer}}
.red{{color:var(--red);font-weight:bold}}
.green{{color:var(--green)}}
.yellow{{color:var(--yellow)}}
.cyan{{color:var(--cyan)}}
.dim{{color:var(--dim)}}
.small{{font-size:.85rem}}
:focus-visible{{outline:3px solid var(--ring);outline-offset:2px}}
.skip{{position:absolute;left:-100vw}}
.skip:focus{{position:static;left:auto;color:var(--fore)}}
figure{{margin:1rem 0 .5rem}}
.trio{{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start}}
.trio>div{{min-width:0;max-width:100%}}
svg{{display:block;max-width:100%;height:auto}}
svg text{{fill:var(--fore);font:11px ui-monospace,monospace}}
svg path{{fill:none;stroke-width:1}}
svg .zero,svg .unseen,svg .infinite{{stroke:var(--back)}}
.key{{list-style:none;padding:0;margin:.3rem 0;font-size:.85rem}}
.key li{{display:flex;gap:.5rem;align-items:baseline;max-width:22rem}}
.key i{{flex:none;width:.9rem;height:.9rem;border:1px solid var(--lines);position:relative;top:.15rem;
font:normal .8rem/.8rem ui-monospace,monospace;text-align:center}}
{drawn}
svg .lines{{stroke:var(--lines);stroke-width:.06}}
svg .mark{{stroke:var(--mark);stroke-width:.12}}
svg .most-negative{{stroke:var(--back)}}
svg .unread{{stroke:var(--dim);stroke-width:.08}}
svg .worst{{stroke:var(--ring);stroke-width:.22}}
.key .minus1,.key .minus2{{color:var(--mark)}}
.key .minus3{{color:var(--back)}}
.key .worst{{border:3px solid var(--ring)}}
@media print{{
body{{max-width:none;padding:0;font-size:11pt}}
.skip{{display:none}}
.conclusion,.check,figure,tr{{break-inside:avoid}}
details::details-content{{content-visibility:visible;block-size:auto}}
td,th{{white-space:normal;overflow-wrap:anywhere;padding:.1rem .3rem;font-size:8pt}}
svg{{min-width:0!important}}
.scroll,.entries .scroll{{overflow:visible;max-height:none}}
*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
}}
"""


CSS = _rules().replace("\n", "")
