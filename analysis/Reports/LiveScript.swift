/// The script of a page that a server makes: it asks how old the page is, and shows what is newer. Without it the page says
/// how old it was when it was asked for, and is asked for again by the browser.
enum LiveScript {
    static let source: StaticString = #"""
        "use strict";
        (() => {
          const age = document.getElementById("age"), news = document.getElementById("news");
          const say = (words, isAlarm) => {
            if (news.textContent !== words) news.textContent = words;
            news.classList.toggle("alarm", isAlarm);
          };
          // Whoever has pressed a key or a button is reading: what is focused, open, sorted or filtered stays.
          let isInUse = false;
          for (const kind of ["keydown", "pointerdown"]) {
            addEventListener(kind, () => { isInUse = true; }, { capture: true, once: true });
          }
          // Parts that were never seen have no height of their own yet, so a place is one in a part, not one in the page.
          const exchange = () => {
            const parts = [...document.querySelectorAll("article")].map((part) => [part.id, part.getBoundingClientRect().top]);
            const place = parts.findLast(([, top]) => top < innerHeight / 2);
            if (place) {
              sessionStorage.setItem("place", JSON.stringify(place));
              history.scrollRestoration = "manual";
            }
            location.reload();
          };
          const [id, top] = JSON.parse(sessionStorage.getItem("place") ?? "[]");
          sessionStorage.removeItem("place");
          const part = id && document.getElementById(id);
          const put = () => scrollBy(0, part.getBoundingClientRect().top - top);
          if (part) {
            dispatchEvent(new Event("wholepage"));
            // All parts are laid out once, so that what comes into sight later is not of another height than was thought.
            const all = [...document.querySelectorAll("article")];
            for (const one of all) one.style.contentVisibility = "visible";
            put();
            requestAnimationFrame(() => requestAnimationFrame(() => {
              for (const one of all) one.style.contentVisibility = "";
              put();
              history.scrollRestoration = "auto";
            }));
          }
          const offer = () => {
            if (news.querySelector("button")) return;
            say("There are newer figures. ", false);
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = "Show them";
            button.addEventListener("click", exchange);
            news.append(button);
          };
          const ask = async () => {
            let answer;
            try {
              const response = await fetch("freshness", { cache: "no-store", signal: AbortSignal.timeout(20000) });
              if (response.status === 403) {
                say("The dashboard was started anew. Open the address that it has printed; what stands here is old.", true);
                return;
              }
              answer = await response.json();
            } catch {
              say("The dashboard does not answer: it has ended, or is busy. What stands here may be old.", true);
              return;
            }
            age.textContent = answer.age;
            if (answer.edition === news.dataset.edition) say(answer.news, answer.state === "failing");
            else if (isInUse) offer();
            else exchange();
          };
          const again = () => setTimeout(() => ask().finally(again), 1000 * Number(news.dataset.every));
          again();
          document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
        })();
        """#
}
