// What is wider than the screen is scrolled, with the keyboard, too.
"use strict";
(() => {
  const reachable = () => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  // The theme puts the button of each block of code into a landmark of its own without a name.
  const unmarked = () => {
    for (const box of document.querySelectorAll(".md-code__nav:not([role])")) box.setAttribute("role", "presentation");
  };
  new MutationObserver(unmarked).observe(document.body, { childList: true, subtree: true });
  new ResizeObserver(reachable).observe(document.body);
  addEventListener("load", reachable);
})();
