// Saves the map of a process (dashboard/process_chart.py) as a picture: its parts are drawn once more where they stand, at
// twice the size.
(() => {
  const TIPS = { "pp-down": [[0, 0], [1, 0], [0.5, 1]], "pp-left": [[1, 0], [1, 1], [0, 0.5]], "pp-right": [[0, 0], [0, 1], [1, 0.5]] };

  const picture = (map) => {
    const frame = map.getBoundingClientRect();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * frame.width, height: 2 * frame.height });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = getComputedStyle(map.closest('[class*="panel-"]')).backgroundColor;
    pen.fillRect(0, 0, frame.width, frame.height);
    const line = (from, to, width, colour, kind) => {
      Object.assign(pen, { lineWidth: width, strokeStyle: colour });
      pen.setLineDash(kind === "dashed" ? [2 * width + 1, width + 1] : []);
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    };
    for (const part of map.children) {
      const look = getComputedStyle(part), at = part.getBoundingClientRect();
      const [x, y, width, height] = [at.left - frame.left, at.top - frame.top, at.width, at.height];
      const tip = Object.keys(TIPS).find((name) => part.classList.contains(name));
      if (tip) {
        pen.fillStyle = look.backgroundColor;
        pen.beginPath();
        TIPS[tip].forEach(([across, down]) => pen.lineTo(x + across * width, y + down * height));
        pen.fill();
      } else if (part.tagName === "I") {
        const [down, along] = [parseFloat(look.borderLeftWidth), parseFloat(look.borderTopWidth)];
        if (down) line([x + down / 2, y], [x + down / 2, y + height], down, look.borderLeftColor, look.borderLeftStyle);
        if (along) line([x, y + along / 2], [x + width, y + along / 2], along, look.borderTopColor, look.borderTopStyle);
      } else {
        pen.fillStyle = look.backgroundColor;
        pen.fillRect(x, y, width, height);
        const edge = parseFloat(look.borderTopWidth);
        if (edge) {
          const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]];
          corners.slice(1).forEach((to, number) => line(corners[number], to, edge, look.borderTopColor, look.borderTopStyle));
        }
        Object.assign(pen, { font: `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`, textAlign: "center", textBaseline: "middle" });
        const words = part.childElementCount ? [...part.querySelectorAll("span")] : [part];
        words.forEach((one, number) => {
          pen.fillStyle = getComputedStyle(one).color;
          pen.fillText(one.textContent, x + width / 2, y + height * (number + 0.5) / words.length, width);
        });
      }
    }
    canvas.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${map.id}.png` });
      link.click();
      URL.revokeObjectURL(link.href);
    });
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-picture]");
    if (button) picture(document.getElementById(button.dataset.picture));
  });
})();
