// The pose editor with a picture that follows the sliders. Everything is drawn by the server, and
// what a button does to the drawings is done there too: without this script the form does the same.
function follow(form) {
  const stage = form.querySelector(".pose-stage");
  const picture = stage.querySelector("img");
  const warnings = stage.querySelector(".pose-warnings");
  const film = stage.querySelector(".film");
  const announcements = document.getElementById("announcements");
  const WAIT = 90; // milliseconds after the last movement of a slider
  let selected = 1;
  let changed = false;
  let leaving = false;

  function frames() {
    return Array.from(form.querySelectorAll(".pose-frame"));
  }

  function number(frame) {
    return Number(frame.dataset.number);
  }

  function current() {
    return frames()[selected - 1];
  }

  function say(text) {
    announcements.textContent = "";
    announcements.textContent = text;
  }

  // ------------------------------------------------------------ the strip of drawings

  function showFilm() {
    film.replaceChildren(
      ...frames().map((frame) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        const label = document.createElement("span");
        const small = document.createElement("img");
        button.type = "button";
        button.setAttribute("aria-current", String(number(frame) === selected));
        small.alt = "";
        if (frame.dataset.picture) {
          small.src = frame.dataset.picture;
        }
        label.textContent = form.dataset.drawing + " " + number(frame);
        button.append(small, label);
        button.addEventListener("click", () => {
          select(number(frame));
        });
        item.append(button);
        return item;
      }),
      addItem(),
    );
  }

  function addItem() {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "add";
    button.textContent = form.dataset.add;
    button.addEventListener("click", () => {
      act("add", "select").catch(failed);
    });
    item.append(button);
    return item;
  }

  function select(which) {
    selected = Math.min(Math.max(1, which), frames().length);
    frames().forEach((frame) => {
      frame.hidden = number(frame) !== selected;
    });
    film.querySelectorAll("button:not(.add)").forEach((button, index) => {
      button.setAttribute("aria-current", String(index + 1 === selected));
    });
    showPicture(current());
    showWarnings(
      Array.from(current().querySelectorAll(".pose-warnings li")).map((item) => item.textContent),
    );
  }

  function showPicture(frame) {
    if (frame.dataset.picture) {
      picture.src = frame.dataset.picture;
    }
    picture.alt = form.dataset.drawing + " " + number(frame);
  }

  function showWarnings(sentences) {
    const now = Array.from(warnings.children).map((item) => item.textContent);
    if (now.join("\n") === sentences.join("\n")) {
      return; // else they would be read out again at every step of a slider
    }
    warnings.replaceChildren(
      ...sentences.map((sentence) => {
        const item = document.createElement("li");
        item.textContent = sentence;
        return item;
      }),
    );
  }

  // ------------------------------------------------------------ drawing

  // One question at a time; what changed meanwhile is asked for next, and only the latest.
  const waiting = new Set();
  let busy = false;
  let timer = null;

  function ask(which, wait) {
    waiting.add(which);
    clearTimeout(timer);
    timer = setTimeout(next, wait || 0);
  }

  async function next() {
    if (busy || !waiting.size) {
      return;
    }
    busy = true;
    const which = waiting.has(selected) ? selected : waiting.values().next().value;
    waiting.delete(which);
    const frame = frames()[which - 1];
    try {
      await draw(frame, which);
    } catch {
      showWarnings([form.dataset.failed]);
    }
    busy = false;
    next();
  }

  async function draw(frame, which) {
    if (!frame) {
      return;
    }
    const data = new FormData(form);
    data.set("number", which);
    const answer = await fetch(form.dataset.preview, { method: "POST", body: data });
    const type = answer.headers.get("content-type") || "";
    if (!type.startsWith("application/json")) {
      throw new Error(answer.statusText);
    }
    const drawn = await answer.json();
    if (!frame.isConnected) {
      return;
    }
    if (drawn.picture) {
      frame.dataset.picture = drawn.picture;
      keepWarnings(frame, drawn.warnings);
      const small = film.querySelectorAll("img")[which - 1];
      if (small) {
        small.src = drawn.picture;
      }
    }
    if (which === selected) {
      showPicture(frame);
      showWarnings(drawn.errors || drawn.warnings);
    }
  }

  function keepWarnings(frame, sentences) {
    const list = frame.querySelector(".frame-picture .pose-warnings");
    list.textContent = "";
    sentences.forEach((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      list.append(item);
    });
  }

  function askAll() {
    frames().forEach((frame) => {
      ask(number(frame));
    });
  }

  // ------------------------------------------------------------ what a button does

  async function act(command, focus) {
    const data = new FormData(form);
    data.set("_do", command);
    data.set("_partial", "1");
    const answer = await fetch(form.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("pose-frames");
    if (!fresh) {
      throw new Error(answer.statusText);
    }
    const open = opened();
    const drawn = pictures();
    const old = document.getElementById("pose-frames");
    old.replaceWith(document.importNode(fresh, true));
    touched();
    selected = Number(fresh.dataset.selected) + 1;
    reopen(open);
    frames().forEach((frame) => {
      frame.dataset.picture = drawn[contents(frame)] || "";
    });
    showFilm();
    select(selected);
    say(fresh.dataset.said);
    const again = current().querySelector(focus) || form.querySelector(focus);
    if (again) {
      again.focus();
    }
    askAll();
  }

  // A drawing keeps its picture when it moves to another place in the row.
  function contents(frame) {
    return Array.from(frame.querySelectorAll("input, select, textarea"))
      .map((field) => (field.type === "checkbox" ? field.checked : field.value))
      .join("\n");
  }

  function pictures() {
    return frames().reduce((found, frame) => {
      found[contents(frame)] = frame.dataset.picture;
      return found;
    }, {});
  }

  function opened() {
    return Array.from(current().querySelectorAll("details")).reduce((found, part) => {
      found[part.dataset.key] = part.open;
      return found;
    }, {});
  }

  function reopen(open) {
    form.querySelectorAll(".pose-frame details").forEach((part) => {
      part.open = part.open || Boolean(open[part.dataset.key]);
    });
  }

  function failed() {
    showWarnings([form.dataset.failed]);
    say(form.dataset.failed);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='_do']");
    if (!button) {
      return;
    }
    event.preventDefault();
    const verb = button.value.split(":")[0];
    const focus = verb === "add" ? "select" : "button[value^='" + verb + "']";
    act(button.value, focus).catch(failed);
  });

  // ------------------------------------------------------------ what somebody changes

  function touched() {
    changed = true;
  }

  form.addEventListener("input", (event) => {
    touched();
    const field = event.target;
    if (field.name.startsWith("camera_")) {
      form.elements.view.value = "own";
    }
    const frame = field.closest(".pose-frame");
    if (!frame) {
      if (!field.name.startsWith("title_")) {
        ask(selected, WAIT);
      }
    } else if (!field.name.includes("caption_") && !field.name.endsWith("-preset")) {
      ask(number(frame), WAIT);
    }
  });

  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field.name.endsWith("-preset")) {
      act("reset:" + (selected - 1), "select").catch(failed);
    } else if (!field.closest(".pose-frame") && !field.name.startsWith("title_")) {
      askAll(); // camera and person are the same in every drawing
    } else if (selected === 1) {
      askAll(); // the others may show the first one behind them
    }
  });

  // Enter in a line of text is not the first button of the form.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type='submit'])")) {
      event.preventDefault();
    }
  });

  form.addEventListener("submit", () => {
    leaving = true;
  });

  window.addEventListener("beforeunload", (event) => {
    if (changed && !leaving) {
      event.preventDefault();
    }
  });

  // ------------------------------------------------------------ begin

  form.classList.add("has-stage");
  stage.hidden = false;
  showFilm();
  const wrong = form.querySelector(".pose-frame .errorlist");
  select(wrong ? number(wrong.closest(".pose-frame")) : 1);
  frames().forEach((frame) => {
    if (!(frame.dataset.picture || "").startsWith("data:")) {
      ask(number(frame)); // what was kept is drawn anew, so that it does not jump at the first step
    }
  });
}

const poseForm = document.getElementById("pose-form");
if (poseForm) {
  follow(poseForm);
}
