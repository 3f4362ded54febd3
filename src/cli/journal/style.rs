//! How a session's page looks: the picture's paper, ink and letters.

/// The page's style sheet. It takes no class of the picture's, which stands in the same document.
pub const STYLE: &str = "\
:root{--paper:#fcfbf7;--ink:#2f2d28;--text:#45423b;--soft:#77726a;--faint:#a19b91;--line:#e7e2d7;--warm:#f4eee1;--warn:#a2492f;\
--serif:'Iowan Old Style','Palatino Linotype',Palatino,'Noto Serif','DejaVu Serif',Georgia,serif;\
--sans:'Avenir Next','Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif}
@media screen and (prefers-color-scheme:dark){:root{--paper:#191815;--ink:#f0ece2;--text:#d3cec2;--soft:#9b968b;--faint:#7d786f;\
--line:#33302a;--warm:#2b271f;--warn:#e08a6c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 var(--sans)}
main{max-width:76rem;margin:0 auto;padding:clamp(1.5rem,4vw,4rem) clamp(1rem,4vw,3rem) 3rem}
.kicker{margin:0 0 .75rem;font-size:.75rem;letter-spacing:.14em;text-transform:uppercase;color:var(--soft)}
h1{margin:0;font:400 clamp(2rem,5vw,3.25rem)/1.1 var(--serif);color:var(--ink);overflow-wrap:anywhere;text-wrap:balance}
.day{margin:.5rem 0 0;color:var(--soft);font-size:1.05rem}
.private{margin:1.25rem 0 0;padding:.6rem .9rem;border-left:3px solid var(--warn);background:var(--warm);max-width:44rem}
.facts{display:flex;flex-wrap:wrap;gap:1rem 2.75rem;margin:1.75rem 0 0}
.facts dt{font-size:.75rem;color:var(--soft)}
.facts dd{margin:.1rem 0 0;color:var(--ink);font-variant-numeric:tabular-nums}
.picture{margin:2.25rem 0 0;overflow-x:auto;border-top:1px solid var(--line);border-bottom:1px solid var(--line);padding:.75rem 0}
.picture>svg{display:block;width:100%;min-width:64rem;height:auto}
section{margin-top:3rem;max-width:54rem}
h2{margin:0 0 .75rem;font:400 1.6rem/1.2 var(--serif);color:var(--ink)}
h3{display:flex;align-items:baseline;gap:.6rem;margin:1.75rem 0 .25rem;font-size:1rem;font-weight:600;color:var(--ink);overflow-wrap:anywhere}
h3 small{margin-left:auto;font-weight:400;font-size:.85rem;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
.stroke{width:.28rem;height:1.1rem;flex:none;align-self:center;border-radius:2px}
.stroke rect{fill-opacity:1;stroke:none}
.rows{list-style:none;margin:0;padding:0}
.rows li{display:grid;grid-template-columns:4.5rem 4rem minmax(0,1fr) auto;gap:0 1rem;padding:.5rem 0;border-top:1px solid var(--line);align-items:baseline;break-inside:avoid}
.rows span{font-variant-numeric:tabular-nums}
.rows .at{color:var(--ink);text-align:right}
.rows .wall{color:var(--faint);font-size:.85rem}
.rows .what{color:var(--ink);overflow-wrap:anywhere}
.rows .what small{color:var(--soft)}
.rows .end{color:var(--soft);font-size:.9rem;text-align:right}
.none{margin:0;padding:.5rem 0;border-top:1px solid var(--line);color:var(--soft);font-style:italic}
footer{margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.8rem;color:var(--soft);overflow-wrap:anywhere}
footer p{margin:.15rem 0}
@media (max-width:40rem){
.facts{gap:.9rem 1.75rem}
.picture{margin-left:-1rem;margin-right:-1rem;padding-left:1rem}
.rows li{grid-template-columns:3.6rem minmax(0,1fr) auto;gap:0 .8rem}
.rows .wall{display:none}}
@media print{
@page{size:A4;margin:14mm}
body{background:none;font-size:10pt}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}
.picture{overflow:visible}
.picture>svg{min-width:0}
h2,h3{break-after:avoid}
section{margin-top:1.75rem;max-width:none}
.rows li{padding:.22rem 0}
.picture+section .rows{columns:2;column-gap:10mm}
.picture+section .rows li{grid-template-columns:3.4rem minmax(0,1fr) auto}
.picture+section .wall{display:none}
footer{margin-top:1.25rem;break-inside:avoid}}
";
