using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence;

/// <summary>How a case looks: light and dark, from 360 pixels, and on paper. Of one family with the audit's report.</summary>
static class CaseLook
{
    /// <summary>For the page's own policy: this style and no other.</summary>
    internal static string Hash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}";

    internal const string Style = """
        :root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1c1b19;--soft:#55534d;--line:#d8d4ca;--card:#ffffff;
        --supported:#14612f;--supported-paper:#e9f6ed;--contradicted:#a3160f;--contradicted-paper:#fdeceb;--not-shown:#7a4a00;--not-shown-paper:#fdf3e0;--unknown:#3f4a5a;--unknown-paper:#eef1f6;--link:#0b57a4}
        @media (prefers-color-scheme:dark){:root{--paper:#161512;--ink:#f0ede6;--soft:#b9b4a8;--line:#3d3a33;--card:#201e1a;
        --supported:#86d9a2;--supported-paper:#12301d;--contradicted:#ff9d94;--contradicted-paper:#3a1513;--not-shown:#f2bd65;--not-shown-paper:#33260e;--unknown:#b7c4d9;--unknown-paper:#202a38;--link:#8ec1f5}}
        *{box-sizing:border-box}
        html{font-size:clamp(15px,.3vw + 13px,22px);scroll-padding-top:1rem}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","Noto Sans CJK TC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:74rem;margin:0 auto;padding:.8rem clamp(.8rem,3vw,2.5rem)}
        header{padding-bottom:0}
        h1{font-size:clamp(1.35rem,1rem + 1.6vw,2.1rem);line-height:1.2;margin:.3rem 0 .5rem;text-wrap:balance}
        h2{font-size:1.35rem;margin:2.4rem 0 .6rem;padding-top:.8rem;border-top:2px solid var(--line)}
        h3{font-size:1.08rem;line-height:1.35;margin:0 0 .4rem}h4{font-size:.95rem;margin:.9rem 0 .2rem}
        p,ul,ol,dl,table,blockquote{margin:.5rem 0}
        main p,main li,main dd{max-width:50rem}
        a{color:var(--link);text-underline-offset:.15em}
        .kind,.note,.date{color:var(--soft)}.kind{margin:0}.note{font-size:.92rem}
        .lead{font-size:1.08rem;max-width:56rem;margin:.3rem 0 .8rem}
        .outcomes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr));gap:.8rem;margin:0}
        .outcomes section{background:var(--card);border:1px solid var(--line);border-top:.35rem solid;border-radius:.5rem;padding:.7rem .9rem;break-inside:avoid-page}
        .outcomes h2{margin:0 0 .3rem;padding:0;border:0;font-size:1.12rem}.outcomes ul{margin:0;padding-left:1.1rem}.outcomes li{margin:.35rem 0;line-height:1.42}.outcomes p{margin:.2rem 0}
        .outcomes a{color:var(--ink);text-decoration-color:var(--line)}.outcomes a:hover{text-decoration-color:currentColor}
        .outcomes .supported{border-top-color:var(--supported)}.outcomes .contradicted{border-top-color:var(--contradicted)}.outcomes .not-shown{border-top-color:var(--not-shown)}.outcomes .unknown{border-top-color:var(--unknown)}
        .supported h2{color:var(--supported)}.contradicted h2{color:var(--contradicted)}.not-shown h2{color:var(--not-shown)}.unknown h2{color:var(--unknown)}
        .badge{display:inline-block;font-weight:700;letter-spacing:.02em;padding:.05em .55em;border:1px solid;border-radius:.3em;font-size:.9rem;white-space:nowrap}
        .badge.supported{color:var(--supported);background:var(--supported-paper)}.badge.contradicted{color:var(--contradicted);background:var(--contradicted-paper)}
        .badge.not-shown{color:var(--not-shown);background:var(--not-shown-paper)}.badge.unknown{color:var(--unknown);background:var(--unknown-paper)}
        nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:.9rem 0 0}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;margin:.9rem 0}
        .card>h4:first-child{margin-top:0}
        blockquote{border-left:.25rem solid var(--line);padding:.1rem 0 .1rem .8rem;margin-left:0;margin-right:0}
        .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));gap:.2rem 1.4rem}.sides ul,.limits{padding-left:1.1rem;margin:.2rem 0}
        .story{list-style:none;padding:0;margin:0;border-left:2px solid var(--line)}.story>li{padding:.1rem 0 .5rem 1.1rem;max-width:none}.when{white-space:nowrap}
        .story h3{margin:.5rem 0 .1rem}
        .facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem}dt{color:var(--soft)}dd{margin:0}
        .letter p{white-space:pre-wrap;max-width:none}.letter{border:1px solid var(--line);border-radius:.3rem;background:var(--paper);padding:.2rem .8rem;max-height:34rem;overflow:auto}
        pre{margin:.4rem 0;padding:.5rem .7rem;border:1px solid var(--line);border-radius:.3rem;background:var(--paper);overflow-x:auto;white-space:pre}
        code,pre{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.86em;line-height:1.45}
        .versions{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));gap:.2rem 1.4rem}
        .sources{padding-left:1.5rem}.sources li{margin:.45rem 0}
        pre:focus-visible,.letter:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        footer{color:var(--soft);border-top:1px solid var(--line);margin-top:2rem}
        @media (max-width:30rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}}
        @media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--card:#fff;--supported:#14612f;--supported-paper:#fff;--contradicted:#a3160f;--contradicted-paper:#fff;--not-shown:#7a4a00;--not-shown-paper:#fff;
        --unknown:#3f4a5a;--unknown-paper:#fff;--link:#000}
        html{font-size:9.5pt}body{print-color-adjust:exact;-webkit-print-color-adjust:exact}header,main,footer{max-width:none;padding:0 .2cm}main p,main li,main dd,.lead{max-width:none}nav{display:none}
        .outcomes{grid-template-columns:1fr 1fr}.letter{max-height:none;overflow:visible}pre{white-space:pre-wrap}body{line-height:1.42}.together{break-after:avoid-page}.sources{columns:2;column-gap:1.4rem;font-size:.92em}h2{margin-top:1.2rem}h2,h3,h4{break-after:avoid-page}h2,h3,h4,pre,blockquote,.together,.sides,.limits li,.facts,.story>li{break-inside:avoid-page}.sources li{break-inside:avoid}
        .card{margin:.5rem 0;padding:.4rem .8rem}p,li{orphans:3;widows:3}p{margin:.35rem 0}footer{margin-top:.5rem;padding-top:0;break-before:avoid-page;break-inside:avoid-page}a{text-decoration:none}}
        @page{margin:1.6cm}
        """;
}
