namespace Offproof.Auditor;

/// <summary>How the page looks: light and dark, from 360 pixels to 4K, and on paper. No script, no font and no picture from anywhere.</summary>
internal static class Look
{
    internal const string Style = """
        :root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1c1b19;--soft:#55534d;--line:#d8d4ca;--card:#ffffff;--mark:#ffe08a;--mark-ink:#1c1b19;
        --leak:#a3160f;--leak-paper:#fdeceb;--clean:#14612f;--clean-paper:#e9f6ed;--unsure:#7a4a00;--unsure-paper:#fdf3e0;
        --decoded:#1f6f8b;--structural:#8a8577;--opaque:#c2410c;--missing:#6d28d9;--link:#0b57a4}
        @media (prefers-color-scheme:dark){:root{--paper:#161512;--ink:#f0ede6;--soft:#b9b4a8;--line:#3d3a33;--card:#201e1a;--mark:#6b5200;--mark-ink:#fff6da;
        --leak:#ff9d94;--leak-paper:#3a1513;--clean:#86d9a2;--clean-paper:#12301d;--unsure:#f2bd65;--unsure-paper:#33260e;
        --decoded:#5fb3cf;--structural:#9d978a;--opaque:#f08a4b;--missing:#b794f6;--link:#8ec1f5}}
        *{box-sizing:border-box}
        html{font-size:clamp(15px,.35vw + 13px,24px)}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:76rem;margin:0 auto;padding:1rem clamp(.8rem,3vw,2.5rem)}
        h1{font-size:clamp(1.35rem,1rem + 1.6vw,2.3rem);line-height:1.25;margin:.6rem 0 1rem;text-wrap:balance}
        h2{font-size:1.35rem;margin:2.6rem 0 .6rem;padding-top:.8rem;border-top:2px solid var(--line)}
        h3{font-size:1.05rem;margin:0 0 .4rem}
        p,ul,ol,dl,table{margin:.5rem 0}
        a{color:var(--link)}
        .kind{color:var(--soft);margin:0}
        .badge{display:inline-block;font-weight:700;letter-spacing:.04em;padding:.15em .7em;border:2px solid currentColor;border-radius:.3em}
        .leak{color:var(--leak);background:var(--leak-paper)}.clean{color:var(--clean);background:var(--clean-paper)}.inconclusive,.weak,.arriving{color:var(--unsure);background:var(--unsure-paper)}
        .evidence{color:var(--leak);background:var(--leak-paper)}
        .small{font-size:.78rem;padding:.05em .5em;border-width:1px}
        .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:1rem}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;break-inside:avoid-page}
        .columns .card{border-top:.35rem solid var(--line)}.columns .left{border-top-color:var(--leak)}.columns .not{border-top-color:var(--clean)}.columns .unsure{border-top-color:var(--line)}.columns .unseen{border-top-color:var(--unsure)}
        .columns ul{padding-left:1.1rem;margin:.4rem 0}.columns .inline{padding:0}.inline li{display:inline}.inline li:not(:last-child)::after{content:", "}
        .columns h2{margin:0 0 .5rem;padding:0;border:0;font-size:1.15rem}
        .finding{margin:1rem 0}
        .finding dl,.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem}
        dt{color:var(--soft)}dd{margin:0}
        .chain{display:flex;flex-wrap:wrap;gap:.3rem;align-items:center;margin:0;padding:0;list-style:none}
        .chain li{border:1px solid var(--line);border-radius:.3rem;padding:0 .45rem;background:var(--paper)}
        .chain li+li::before{content:"\2192";margin-right:.45rem;color:var(--soft)}
        .layers{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr));gap:.8rem;margin:.8rem 0 0;padding:0;list-style:none;counter-reset:layer}
        .layers li{min-width:0}
        .layers h4{margin:0;font-size:.9rem}
        pre{margin:.2rem 0;padding:.5rem;border:1px solid var(--line);border-radius:.3rem;background:var(--paper);font:.8rem/1.45 ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-x:auto;white-space:pre}
        mark{background:var(--mark);color:var(--mark-ink);border-radius:.15em}
        code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.88em}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;color:var(--soft);padding-bottom:.3rem}
        th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
        th,td{overflow-wrap:break-word}td code,li code{overflow-wrap:anywhere}th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .scroll{overflow-x:auto}
        .scroll:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        svg{display:block;width:100%;height:auto}
        .wide svg{min-width:44rem}
        svg text{fill:var(--ink);font-size:13px}svg .s{fill:var(--soft);font-size:12px}svg .b{font-weight:600}
        .decoded{fill:var(--decoded)}.structural{fill:var(--structural)}.opaque{fill:var(--opaque)}.missing{fill:var(--missing)}.box{fill:var(--card);stroke:var(--line)}.rule{stroke:var(--line)}.tick{fill:var(--leak)}.flow{fill:none;stroke:var(--leak);stroke-opacity:.55}
        .key{display:inline-block;width:.9em;height:.9em;margin-right:.4em;border-radius:.15em;vertical-align:-.1em}
        .key.decoded{background:var(--decoded)}.key.structural{background:var(--structural)}.key.opaque{background:var(--opaque)}.key.missing{background:var(--missing)}
        .note{color:var(--soft);font-size:.92rem}
        footer{color:var(--soft);border-top:1px solid var(--line);margin-top:2rem}
        @media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--card:#fff;--mark:#ffe08a;--mark-ink:#000;--leak:#a3160f;--leak-paper:#fff;--clean:#14612f;--clean-paper:#fff;--unsure:#7a4a00;--unsure-paper:#fff;
        --decoded:#1f6f8b;--structural:#8a8577;--opaque:#c2410c;--missing:#6d28d9;--link:#000}
        html{font-size:10pt}body{print-color-adjust:exact;-webkit-print-color-adjust:exact}header,main,footer{max-width:none;padding:0 .2cm}.wide svg{min-width:0}.scroll{overflow:visible}pre{white-space:pre-wrap}h2{break-after:avoid-page}}
        @page{margin:1.6cm}
        """;
}
