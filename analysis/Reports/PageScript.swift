/// The script of a page. Without it everything is there to read; with it, tables sort and long ones filter, and a large page
/// opens at once. The event `wholepage` has it show all that is still to come.
enum PageScript {
    static let source: StaticString = #"""
        "use strict";
        (() => {
          const text = (row, column) => row.cells[column]?.textContent.trim() ?? "";
          const number = (row, column) => {
            const value = parseFloat(row.cells[column]?.dataset.value);
            return Number.isNaN(value) ? -Infinity : value;
          };
          const sorter = (group, heading) => {
            const column = heading.cellIndex;
            const rises = heading.getAttribute("aria-sort") === "descending";
            const isNumber = heading.dataset.sort === "number";
            const bodies = [...group.querySelectorAll("tbody")];
            const rows = bodies.flatMap((body) => [...body.rows]);
            const open = bodies.length > 1 ? bodies[0].rows.length : rows.length;
            rows.sort((one, other) => {
              const order = isNumber
                ? number(one, column) - number(other, column)
                : text(one, column).localeCompare(text(other, column));
              return rises ? order : -order;
            });
            bodies[0].append(...rows.slice(0, open));
            if (bodies.length > 1) bodies[1].append(...rows.slice(open));
            for (const other of group.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
            for (const table of group.querySelectorAll("table")) {
              table.tHead.rows[0].cells[column].setAttribute("aria-sort", rises ? "ascending" : "descending");
            }
          };
          const filter = (group, label, limit) => {
            const rows = [...group.querySelectorAll("tbody tr")];
            if (rows.length < limit) return;
            const box = document.createElement("label");
            box.className = "filter";
            const input = document.createElement("input");
            input.type = "search";
            const found = document.createElement("output");
            box.append(label + " ", input, found);
            group.prepend(box);
            input.addEventListener("input", () => {
              const wanted = input.value.trim().toLowerCase();
              let count = 0;
              for (const row of rows) {
                const fits = row.cells[0].textContent.toLowerCase().includes(wanted);
                row.hidden = !fits;
                if (fits) count += 1;
                const article = row.dataset.metric && document.getElementById(row.dataset.metric);
                if (article) article.hidden = !fits;
              }
              found.textContent = wanted === "" ? "" : ` ${count} of ${rows.length}`;
              const rest = group.querySelector("details.rest");
              if (rest) rest.open = wanted !== "";
            });
          };
          const prepare = (part) => {
            for (const group of part.querySelectorAll(".chart, .overview")) {
              if (group.querySelectorAll("tbody tr").length < 3) continue;
              for (const heading of group.querySelectorAll("th[data-sort]")) {
                const button = document.createElement("button");
                button.type = "button";
                button.append(...heading.childNodes);
                heading.append(button);
                button.addEventListener("click", () => sorter(group, heading));
              }
            }
            for (const group of part.querySelectorAll(".overview")) filter(group, "Find a metric", 8);
            for (const rest of part.querySelectorAll(".chart > details.rest")) filter(rest.parentElement, "Find a value", 1);
          };
          prepare(document);
          /* Of a large page the rest comes when the browser has time, and what somebody goes to comes first. */
          const later = new Set(document.querySelectorAll("noscript.later"));
          const show = (text) => {
            later.delete(text);
            const template = document.createElement("template");
            template.innerHTML = text.textContent;
            prepare(template.content);
            text.previousElementSibling.remove();
            text.replaceWith(template.content);
          };
          const showAll = () => { for (const text of later) show(text); };
          const showTarget = () => {
            const text = document.getElementById(location.hash.slice(1))?.querySelector("noscript.later");
            if (text) show(text);
          };
          const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 10));
          const showSome = (deadline) => {
            for (const text of later) {
              show(text);
              if (!(deadline?.timeRemaining() > 8)) break;
            }
            if (later.size > 0) whenIdle(showSome);
          };
          showTarget();
          addEventListener("hashchange", showTarget);
          addEventListener("load", () => whenIdle(showSome));
          addEventListener("wholepage", showAll);
          addEventListener("beforeprint", () => {
            showAll();
            for (const details of document.querySelectorAll("details:not(.rest)")) details.open = true;
          });
        })();
        """#
}
