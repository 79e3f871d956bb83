"use strict";
// Text of the data reaches the page through textContent alone; charts are drawn by Vega's interpreter.
(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", csatext, sans-serif';
  const NARROW = 620, PAGE = 20;
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const made = (name, text, values = {}) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    return element;
  };
  const slow = (action, wait) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(action, wait); };
  };

  // Folds: open without JavaScript, closed with it.
  all("details.folded").forEach(part => { part.open = false; });
  const contents = document.querySelector("nav details");
  const phone = matchMedia("(max-width: 860px)");
  const fold = () => { contents.open = !phone.matches; };
  fold();
  phone.addEventListener("change", fold);
  contents.addEventListener("click", event => { if (event.target.closest("a") && phone.matches) contents.open = false; });

  // Dark and light.
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "浅色" : "深色"; };
  theme.hidden = false;
  theme.addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); });
  dark.addEventListener("change", nameTheme);
  nameTheme();
  const printing = document.getElementById("print");
  printing.hidden = false;
  printing.addEventListener("click", () => window.print());

  // The chapter that is read is marked in the contents.
  const links = new Map(all("nav a").map(link => [link.getAttribute("href").slice(1), link]));
  const sections = all("main section");
  const follow = () => {
    const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const above = sections.filter(section => section.getBoundingClientRect().top < innerHeight * 0.35);
    const current = end ? sections.at(-1) : above.at(-1) || sections[0];
    links.forEach((link, id) => {
      if (current && id === current.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  };
  addEventListener("scroll", follow, { passive: true });
  follow();

  // Charts.
  const tip = made("div", undefined, { id: "tip", hidden: "" });
  document.body.append(tip);
  const showTip = (_handler, event, _item, value) => {
    if (value === null || value === undefined || value === "") { tip.hidden = true; return; }
    const list = made("dl");
    const pairs = typeof value === "object" ? Object.entries(value) : [["", value]];
    for (const [name, shown] of pairs) {
      if (shown === null || shown === undefined || shown === "null" || shown === "NaN") continue;
      list.append(made("dt", name.trim()), made("dd", String(shown)));
    }
    tip.replaceChildren(list);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 6)) + "px";
    tip.style.top = Math.max(4, event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16) + "px";
  };
  const refuse = { load: () => Promise.reject(new Error("")), sanitize: () => Promise.reject(new Error("")) };
  const shorten = (part, most) => {
    if (!part || typeof part !== "object") return;
    for (const [key, value] of Object.entries(part)) {
      if (key === "data" || key === "datasets") continue;
      if (key === "labelLimit") part[key] = Math.min(value, most); else shorten(value, most);
    }
  };
  const fitted = (given, width) => {
    const spec = structuredClone(given);
    const narrow = width < NARROW;
    delete spec.title;
    shorten(spec, narrow ? Math.round(width * 0.32) : 220);
    spec.background = null;
    const text = { labelFont: FONTS, titleFont: FONTS, labelFontSize: narrow ? 13 : 12, titleFontSize: narrow ? 13 : 12 };
    spec.config = { ...spec.config, font: FONTS, view: { stroke: null },
      axis: { ...text, labelColor: "#52606d", titleColor: "#52606d", gridColor: "#e4e7eb", domainColor: "#8a949e", tickColor: "#8a949e", titleFontWeight: "normal", labelOverlap: true },
      axisY: { titleAngle: 0, titlePadding: 4, titleAlign: "left", titleAnchor: "end", titleY: -8, titleX: 0, labelOverlap: false, tickCount: 5 },
      axisX: { tickCount: narrow ? 4 : 8 },
      header: { ...text, labelColor: "#1f2933", titleColor: "#52606d" },
      legend: { ...text, labelColor: "#52606d", titleColor: "#52606d", orient: "top", columns: narrow ? 2 : 4, offset: 24, symbolLimit: 40 } };
    if (spec.facet) {
      const columns = Math.max(1, Math.min(spec.columns || 3, Math.floor(width / 280)));
      spec.columns = columns;
      spec.spec.width = Math.max(80, Math.floor(width / columns) - 120);
    } else if (!spec.hconcat && !spec.vconcat) {
      spec.width = Math.max(120, width - 4);
      spec.autosize = { type: "fit-x", contains: "padding" };
    }
    return spec;
  };
  const drawn = new Map();
  const draw = place => {
    const width = Math.floor(place.getBoundingClientRect().width);
    const before = drawn.get(place);
    if (width < 40 || (before && Math.abs(before.width - width) < 8)) return;
    if (before) before.view.finalize();
    const entry = data.charts[Number(place.dataset.chart)];
    const compiled = vegaLite.compile(fitted(entry.spec, width), { logger: vega.logger(vega.Error) }).spec;
    const view = new vega.View(vega.parse(compiled, null, { ast: true }), {
      expr: vegaInterpreter, renderer: "svg", loader: refuse, hover: true, tooltip: showTip, logLevel: vega.Error });
    place.replaceChildren();
    view.initialize(place).run();
    place.style.minHeight = "";
    if (before === undefined) place.classList.toggle("opens", Boolean(chooseCases) && Object.keys(entry.fields).length > 0);
    if (chooseCases) view.addEventListener("click", (_event, item) => {
      const datum = item && item.datum;
      if (!datum) return;
      const chosen = Object.entries(entry.fields).filter(([, field]) => datum[field] !== undefined && datum[field] !== null);
      if (chosen.length) chooseCases(Object.fromEntries(chosen.map(([name, field]) => [name, String(datum[field])])));
    });
    drawn.set(place, { view, width });
  };
  const places = all("[data-chart]");
  const drawAll = () => places.forEach(draw);

  // Tables: sort, find, download.
  const download = (name, rows) => {
    const safe = cell => {
      const plain = /^[-+]?[\d.,]+(e[-+]?\d+)?%?$/i.test(cell);
      return '"' + (/^[=+\-@\t\r]/.test(cell) && !plain ? "'" + cell : cell).replaceAll('"', '""') + '"';
    };
    const text = "\ufeff" + rows.map(row => row.map(safe).join(",")).join("\r\n") + "\r\n";
    const link = made("a", undefined, { download: name.replace(/[\\/:*?"<>|\s]+/g, "_").slice(0, 60) + ".csv" });
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const valueOf = (row, at) => {
    const cell = row.cells[at];
    const number = cell.dataset.value === undefined ? NaN : parseFloat(cell.dataset.value);
    return { number, text: cell.textContent.trim() };
  };
  const compare = (a, b) => {
    if (a.text === "—" || b.text === "—") return null;
    return Number.isNaN(a.number) || Number.isNaN(b.number) ? collator.compare(a.text, b.text) : a.number - b.number;
  };
  all(".table").forEach(part => {
    const table = part.querySelector("table"), body = table.tBodies[0], title = part.dataset.title;
    const rows = [...body.rows];
    if (!rows.length) return;
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const button = made("button", head.textContent, { type: "button" });
      head.replaceChildren(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        all("th", table.tHead).forEach(other => other.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = rows.map(row => [row, valueOf(row, at)]);
        // What is missing stands last either way.
        keyed.sort(([, a], [, b]) => {
          const found = compare(a, b);
          return found === null ? (a.text === "—") - (b.text === "—") : down ? -found : found;
        });
        body.append(...keyed.map(([row]) => row));
      });
    });
    const tools = made("div", undefined, { class: "tools" });
    if (rows.length > 6) {
      const find = made("input", undefined, { type: "search", placeholder: "在表中查找", "aria-label": "在「" + title + "」中查找" });
      const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
      const count = made("span", "", { role: "status", class: "note" });
      find.addEventListener("input", () => {
        const wanted = find.value.trim().toLowerCase();
        rows.forEach(row => { row.hidden = Boolean(wanted) && !texts.get(row).includes(wanted); });
        count.textContent = wanted ? rows.filter(row => !row.hidden).length + " / " + rows.length + " 行" : "";
      });
      tools.append(find, count);
    }
    const save = made("button", "下载 CSV", { type: "button", "aria-label": "下载「" + title + "」的 CSV" });
    save.addEventListener("click", () => {
      const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent);
      const cells = rows.map(row => [...row.cells].map(cell => cell.dataset.value || cell.textContent.trim()));
      download(title, [heads, ...cells]);
    });
    tools.append(save);
    part.prepend(tools);
  });

  // Cases: a list that is filtered, searched and paged.
  const caseBox = document.getElementById("case-list");
  const chooseCases = caseBox && data.cases ? startCases(caseBox, data.cases) : null;

  function startCases(box, cases) {
    const form = box.querySelector("form"), list = box.querySelector("ol"), pager = box.querySelector(".pager");
    const count = document.getElementById("case-count");
    const search = made("input", undefined, { type: "search", id: "case-search" });
    const found = made("label", "查找"); found.append(search);
    form.append(found);
    const selects = new Map();
    cases.filters.forEach((filter, at) => {
      const label = made("label", filter.label), select = made("select", undefined, { "data-filter": filter.name });
      select.append(made("option", "全部", { value: "" }));
      filter.values.forEach((value, place) => select.append(made("option", value, { value: String(place) })));
      select.addEventListener("change", () => { page = 0; show(); });
      label.append(select);
      form.append(label);
      selects.set(filter.name, { select, at, filter });
    });
    const clear = made("button", "清除筛选", { type: "button" });
    form.append(clear);
    form.hidden = false;
    form.addEventListener("submit", event => event.preventDefault());
    const back = made("button", "上一页", { type: "button" }), next = made("button", "下一页", { type: "button" }), where = made("span");
    pager.append(back, where, next);
    const bar = made("div", undefined, { id: "chosen", role: "status", hidden: "" });
    document.body.append(bar);
    const low = cases.rows.map(row => row.parts.join("").toLowerCase());
    let page = 0, missing = null;
    const matching = () => {
      const wanted = search.value.trim().toLowerCase();
      const chosen = [...selects.values()].filter(one => one.select.value !== "").map(one => [one.at, Number(one.select.value)]);
      if (missing) return [];
      return cases.rows.filter((row, at) => (!wanted || low[at].includes(wanted)) && chosen.every(([place, value]) => row.at[place] === value));
    };
    const item = row => {
      const part = made("li"), text = made("p");
      text.append(...row.parts.map((words, at) => at % 2 ? made("mark", words) : words));
      part.append(text, made("p", row.source, { class: "source" }));
      return part;
    };
    const show = () => {
      const rows = matching(), pages = Math.max(1, Math.ceil(rows.length / PAGE));
      page = Math.min(page, pages - 1);
      list.replaceChildren(...rows.slice(page * PAGE, page * PAGE + PAGE).map(item));
      const chosen = [...selects.values()].filter(one => one.select.value !== "")
        .map(one => one.filter.label + "：" + one.filter.values[Number(one.select.value)]);
      if (missing) chosen.push(...missing);
      const by = chosen.length ? "（" + chosen.join("，") + "）" : "";
      count.textContent = rows.length ? "样本中 " + rows.length + " 条" + by : "样本里没有符合的案例" + by;
      where.textContent = "第 " + (page + 1) + " / " + pages + " 页";
      back.disabled = page === 0;
      next.disabled = page === pages - 1;
      pager.hidden = rows.length === 0;
      return { rows, chosen };
    };
    const reset = () => {
      search.value = "";
      selects.forEach(one => { one.select.value = ""; });
      page = 0;
      missing = null;
      bar.hidden = true;
      show();
    };
    clear.addEventListener("click", reset);
    search.addEventListener("input", slow(() => { page = 0; show(); }, 120));
    const turn = by => { page += by; show(); box.scrollIntoView({ block: "start" }); };
    back.addEventListener("click", () => turn(-1));
    next.addEventListener("click", () => turn(1));
    show();
    return wanted => {
      reset();
      for (const [name, value] of Object.entries(wanted)) {
        const one = selects.get(name), at = one ? one.filter.values.indexOf(value) : -1;
        if (at >= 0) one.select.value = String(at);
        else missing = [...(missing || []), (one ? one.filter.label + "：" : "") + value];
      }
      const { rows, chosen } = show();
      const see = made("button", "查看案例", { type: "button" }), off = made("button", "清除筛选", { type: "button" });
      see.addEventListener("click", () => { bar.hidden = true; box.scrollIntoView({ block: "start" }); search.focus({ preventScroll: true }); });
      off.addEventListener("click", reset);
      bar.replaceChildren(made("span", "典型案例已按 " + chosen.join("，") + " 筛选，" + rows.length + " 条"), see, off);
      bar.hidden = false;
    };
  }

  // Drawn when they come near; all of them before printing.
  const start = () => {
    if (!("IntersectionObserver" in window)) { drawAll(); return; }
    const near = new IntersectionObserver(seen => seen.filter(one => one.isIntersecting).forEach(one => draw(one.target)), { rootMargin: "500px" });
    places.forEach(place => near.observe(place));
  };
  addEventListener("resize", slow(() => [...drawn.keys()].forEach(draw), 150));
  addEventListener("beforeprint", drawAll);
  // Names beside the axes are measured in the font that shows them.
  Promise.race([document.fonts.load('12px "csatext"'), new Promise(done => setTimeout(done, 800))]).then(start, start);
  document.documentElement.dataset.ready = "true";
})();
