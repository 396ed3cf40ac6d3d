/**
 * A ballot that is ranked by tapping and dragging. The selects of the plain form stay what is sent:
 * this moves the films and writes their places.
 */

/** Films in their ranks, best first. @param {HTMLElement} list */
function ranksOf(list) {
  const ranks = new Map();
  for (const film of list.querySelectorAll("[data-ranked]")) {
    const place = Number(select(film).value);
    if (place) ranks.set(place, [...(ranks.get(place) ?? []), film]);
  }
  return [...ranks.keys()].sort((a, b) => a - b).map((place) => ranks.get(place));
}

const select = (film) => film.querySelector("select");
const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
const rankOf = (ranks, film) => ranks.findIndex((rank) => rank.includes(film));
const without = (ranks, film) => ranks.map((rank) => rank.filter((other) => other !== film)).filter((rank) => rank.length);

/** What each tool makes of the ranks. */
const DEEDS = {
  in: (ranks, film) => [...ranks, [film]],
  out: (ranks, film) => without(ranks, film),
  up: (ranks, film) => moved(ranks, film, -1),
  down: (ranks, film) => moved(ranks, film, 1),
  tie: (ranks, film) => tied(ranks, film),
};

/** One rank further; out of a shared rank first to a rank of its own. */
function moved(ranks, film, step) {
  const at = rankOf(ranks, film);
  const shared = ranks[at].length > 1;
  const left = without(ranks, film);
  const to = shared ? at + (step > 0 ? 1 : 0) : Math.max(0, Math.min(left.length, at + step));
  return [...left.slice(0, to), [film], ...left.slice(to)];
}

/** Into the rank above, or out of a shared one to a rank of its own below it. */
function tied(ranks, film) {
  const at = rankOf(ranks, film);
  if (ranks[at].length > 1) return moved(ranks, film, 1);
  if (at === 0) return ranks;
  const left = without(ranks, film);
  left[at - 1] = [...left[at - 1], film];
  return left;
}

/** @param {HTMLFormElement} form */
function enhance(form) {
  const list = form.querySelector("[data-ranking]");
  const line = list.querySelector("[data-line]");
  const said = form.querySelector("[data-said]");
  const films = [...list.querySelectorAll("[data-ranked]")];
  const tools = document.getElementById("ballot-tools").content.firstElementChild;

  function show(ranks) {
    list.append(...ranks.flat(), line, ...films.filter((film) => rankOf(ranks, film) < 0));
    for (const film of films) {
      const at = rankOf(ranks, film);
      select(film).value = at < 0 ? "" : String(at + 1);
      film.dataset.place = at < 0 ? "" : select(film).selectedOptions[0].text;
      film.querySelector("h3").dataset.place = film.dataset.place;
      film.querySelector("[data-tie]").setAttribute("aria-pressed", String(at >= 0 && ranks[at].length > 1));
      for (const tool of film.querySelectorAll("[data-up], [data-down], [data-tie], [data-out]")) tool.hidden = at < 0;
      film.querySelector("[data-in]").hidden = at >= 0;
    }
  }

  function change(film, ranks, tool) {
    show(ranks);
    const title = film.querySelector("[data-title]").textContent;
    const words = film.dataset.place ? form.dataset.placed : form.dataset.unplaced;
    said.textContent = words.replace("{film}", title).replace("{place}", film.dataset.place);
    if (tool) (tool.hidden ? film.querySelector("button:not([hidden])") : tool).focus();
  }

  function arm(film) {
    const own = tools.cloneNode(true);
    for (const [name, deed] of Object.entries(DEEDS)) {
      const tool = own.querySelector(`[data-${name}]`);
      tool.addEventListener("click", () => change(film, deed(ranksOf(list), film), tool));
    }
    film.querySelector(".ballot-place").classList.add("visually-hidden");
    select(film).tabIndex = -1;
    film.append(own);
    drag(film);
  }

  /** By its picture a film is dragged to another place; between two tied films it joins them. */
  function drag(film) {
    const handle = film.querySelector(".poster");
    if (!handle) return;
    handle.dataset.handle = "";
    // Browsers would drag the picture itself instead.
    handle.addEventListener("dragstart", (event) => event.preventDefault());
    handle.addEventListener("pointerdown", (down) => {
      if (down.button !== 0) return;
      down.preventDefault();
      handle.setPointerCapture(down.pointerId);
      film.dataset.dragged = "";
      // The others make way: moving the film itself would end its pointer's capture.
      const follow = (move) => {
        let row;
        while ((row = film.previousElementSibling) && move.clientY < middle(row)) film.after(row);
        while ((row = film.nextElementSibling) && move.clientY > middle(row)) film.before(row);
      };
      const drop = (up) => {
        handle.removeEventListener("pointermove", follow);
        delete film.dataset.dragged;
        if (up.type === "pointerup") change(film, dropped(film));
        else show(ranksOf(list));
      };
      handle.addEventListener("pointermove", follow);
      handle.addEventListener("pointerup", drop, { once: true });
      handle.addEventListener("pointercancel", drop, { once: true });
    });
  }

  function dropped(film) {
    const rows = [...list.children];
    const ranks = without(ranksOf(list), film);
    if (rows.indexOf(film) > rows.indexOf(line)) return ranks;
    const above = rankOf(ranks, film.previousElementSibling);
    const below = rankOf(ranks, film.nextElementSibling);
    if (above >= 0 && above === below) ranks[above] = [...ranks[above], film];
    else ranks.splice(above + 1, 0, [film]);
    return ranks;
  }

  films.forEach(arm);
  line.hidden = false;
  show(ranksOf(list));
}

document.querySelectorAll("[data-ballot]").forEach(enhance);
