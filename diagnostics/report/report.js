// Draws the charts of the report again, interactively. The page is complete without it: each chart's static
// picture gives way only when its interactive twin stands. The data lie in the page as JSON; nothing is fetched.
(function () {
  "use strict";

  const source = document.getElementById("chart-data");
  if (!source || typeof uPlot !== "function") return;
  const charts = JSON.parse(source.textContent).charts;
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let logarithmicTime = charts.length > 0 && charts[0].time === "logarithmic";
  let plots = [];

  const color = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();

  // Numbers -----------------------------------------------------------------------------------------------------

  const superscripts = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
  const power = (exponent) =>
    "10" + String(exponent).replace(/[-0-9]/g, (c) => (c === "-" ? "\u207b" : superscripts[Number(c)]));

  // "20 000": digits in threes from five on.
  const grouped = (digits) => (digits.length >= 5 ? digits.replace(/\B(?=(\d{3})+$)/g, "\u202f") : digits);

  function label(value, digits) {
    if (value === 0) return "0";
    const size = Math.abs(value);
    const sign = value < 0 ? "\u2212" : "";
    if (size >= 1e6 || size < 1e-4) {
      const parts = size.toExponential(Math.max(0, digits - 1)).split("e");
      const mantissa = String(Number(parts[0]));
      return sign + (mantissa === "1" ? "" : mantissa + "\u00d7") + power(Number(parts[1]));
    }
    const text = String(Number(size.toPrecision(size >= 1 ? Math.max(digits, 7) : digits)));
    const halves = text.split(".");
    halves[0] = grouped(halves[0]);
    return sign + halves.join(".");
  }

  // The smallest of 1, 2, 5 times a power of ten that is at least `raw`.
  function roundStep(raw) {
    const unit = Math.pow(10, Math.floor(Math.log10(raw)));
    return unit * ([1, 2, 5].find((factor) => factor * unit >= raw * (1 - 1e-9)) || 10);
  }

  function linearTicks(low, high, most) {
    const raw = (high - low) / Math.max(1, most - 1);
    if (!(raw > 0) || !isFinite(raw)) return [];
    const step = roundStep(raw);
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * (high - low); ++i) ticks.push(i * step);
    return ticks;
  }

  // Positions of ticks on an axis of logarithms.
  function decadeTicks(low, high, most) {
    const ticks = [];
    if (high - low > 2) {
      const stride = Math.max(1, roundStep((high - low) / most));
      for (let e = Math.ceil(low); e <= high; ++e) if (e % stride === 0) ticks.push(e);
      return ticks;
    }
    for (let e = Math.floor(low); e <= high; ++e) {
      for (const factor of [1, 2, 5]) {
        const place = e + Math.log10(factor);
        if (place >= low && place <= high) ticks.push(place);
      }
    }
    return ticks.length >= 2 ? ticks : linearTicks(Math.pow(10, low), Math.pow(10, high), most).map(Math.log10);
  }

  // Time is drawn as k or as log10(1 + k), so that iteration 0 has a place.
  const toPlace = (k) => (logarithmicTime ? Math.log10(1 + k) : k);
  const toIteration = (place) => (logarithmicTime ? Math.pow(10, place) - 1 : place);

  function timeTicks(low, high, most) {
    if (!logarithmicTime) return linearTicks(low, high, most).filter((k) => Number.isInteger(k));
    if (high - low < 1) {
      return linearTicks(toIteration(low), toIteration(high), most).filter((k) => Number.isInteger(k)).map(toPlace);
    }
    const stride = Math.max(1, Math.ceil((high - low) / most));
    const ticks = low <= 0 ? [0] : [];
    for (let e = Math.max(0, Math.floor(low)); e <= high; e += stride) {
      const place = toPlace(Math.pow(10, e));
      if (place >= low && place <= high && (e > 0 || stride === 1)) ticks.push(place);
    }
    return ticks;
  }

  // Charts ------------------------------------------------------------------------------------------------------

  const isLogarithmic = (chart) => chart.scale === "logarithmic";
  // null: not measured, the line goes on (undefined for uPlot). A text, "Infinity": the line breaks (null for uPlot).
  function drawn(chart, value) {
    if (value === null) return undefined;
    if (typeof value !== "number") return null;
    return isLogarithmic(chart) ? Math.log10(value) : value;
  }

  function widened(low, high) {
    if (low === null || high === null || low === undefined) return [0, 1];
    if (high > low) return [low, high];
    const margin = low === 0 ? 0.5 : 0.1 * Math.abs(low);
    return [low - margin, high + margin];
  }

  // The patterns of the static pictures: what a color says, a pattern says too.
  function hatch(context, box, style, begin, end, ratio) {
    context.strokeStyle = context.fillStyle = color("hatch");
    context.lineWidth = ratio;
    if (style === "other") {
      for (let y = box.top + 3 * ratio, row = 0; y < box.top + box.height; y += 5 * ratio, ++row) {
        for (let x = begin + (row % 2 ? 7 : 2) * ratio; x < end; x += 10 * ratio) {
          context.fillRect(x, y, 1.3 * ratio, 1.3 * ratio);
        }
      }
      return;
    }
    if (style === "held" || style === "rest") {
      const step = (style === "held" ? 9 : 8) * ratio;
      context.beginPath();
      if (style === "held") {
        for (let y = Math.round(box.top) + 4.5 * ratio; y < box.top + box.height; y += step) context.moveTo(begin, y), context.lineTo(end, y);
      } else {
        for (let x = begin + 0.5 * step; x < end; x += step) context.moveTo(x, box.top), context.lineTo(x, box.top + box.height);
      }
      context.stroke();
      return;
    }
    const slope = style === "ascent" ? -1 : 1;
    context.save();
    context.beginPath();
    context.rect(begin, box.top, end - begin, box.height);
    context.clip();
    context.beginPath();
    for (let x = begin - box.height; x < end + box.height; x += 9 * ratio) {
      context.moveTo(x, slope > 0 ? box.top + box.height : box.top);
      context.lineTo(x + box.height, slope > 0 ? box.top : box.top + box.height);
    }
    context.stroke();
    context.restore();
  }

  function drawPhases(chart) {
    return (plot) => {
      const context = plot.ctx;
      const box = plot.bbox;
      context.save();
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
      for (const phase of chart.phases) {
        const begin = plot.valToPos(toPlace(phase.first), "x", true);
        const end = plot.valToPos(toPlace(phase.last), "x", true);
        context.fillStyle = color("phase-" + phase.style);
        context.fillRect(begin, box.top, end - begin, box.height);
        const from = Math.max(begin, box.left);
        const to = Math.min(end, box.left + box.width);
        if (phase.style !== "descent" && to > from) hatch(context, box, phase.style, from, to, uPlot.pxRatio);
      }
      context.restore();
    };
  }

  function drawMarks(chart) {
    return (plot) => {
      const context = plot.ctx;
      const box = plot.bbox;
      const ratio = uPlot.pxRatio;
      context.save();
      context.beginPath();
      context.rect(box.left, box.top, box.width, box.height);
      context.clip();
      context.strokeStyle = color("mark");
      for (const mark of chart.marks) {
        const x = Math.round(plot.valToPos(toPlace(mark.iteration), "x", true));
        const top = chart.marks.length > 40 ? box.top + box.height - 10 * ratio : box.top;
        context.lineWidth = (mark.kind === "jump" ? 2 : 1) * ratio;
        context.setLineDash(mark.kind === "jump" ? [ratio, 3 * ratio] : [3 * ratio, 3 * ratio]);
        context.beginPath();
        context.moveTo(x, top);
        context.lineTo(x, box.top + box.height);
        context.stroke();
      }
      context.restore();
      context.save();
      context.font = 12 * ratio + "px " + getComputedStyle(document.body).fontFamily;
      context.textAlign = "center";
      context.textBaseline = "alphabetic";
      // The kind of a phase where it has room, else its number in the table of phases.
      chart.phases.forEach((phase, i) => {
        const begin = Math.max(box.left, plot.valToPos(toPlace(phase.first), "x", true));
        const end = Math.min(box.left + box.width, plot.valToPos(toPlace(phase.last), "x", true));
        const text = [phase.kind, String(i + 1)].find((name) => context.measureText(name).width + 4 * ratio <= end - begin);
        if (text === undefined) return;
        context.fillStyle = color("muted");
        context.fillText(text, (begin + end) / 2, box.top - 5 * ratio);
      });
      // Short names at the right ends of lines; the lowest may move up, the others down, so that none touch.
      const ends = chart.series.map((series) => {
        let i = series.values.length - 1;
        while (i >= 0 && typeof series.values[i] !== "number") --i;
        if (i < 0 || series.end === "") return null;
        const x = plot.valToPos(toPlace(chart.iterations[i]), "x", true);
        return { name: series.end, x: x, y: plot.valToPos(drawn(chart, series.values[i]), "y", true) };
      }).filter((end) => end !== null && end.x <= box.left + box.width + 1).sort((a, b) => a.y - b.y);
      for (let i = 1; i < ends.length; ++i) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + 12 * ratio);
      if (ends.length > 0) ends[ends.length - 1].y = Math.min(ends[ends.length - 1].y, box.top + box.height - 5 * ratio);
      for (let i = ends.length - 1; i > 0; --i) ends[i - 1].y = Math.min(ends[i - 1].y, ends[i].y - 12 * ratio);
      context.textAlign = "left";
      for (const end of ends) {
        context.fillStyle = color("text");
        context.fillText(end.name, end.x + 4 * ratio, end.y + 4 * ratio);
      }
      for (const level of chart.levels) {
        const y = Math.round(plot.valToPos(isLogarithmic(chart) ? Math.log10(level.value) : level.value, "y", true));
        context.strokeStyle = context.fillStyle = color("text");
        context.lineWidth = 1.25 * ratio;
        context.setLineDash([7 * ratio, 4 * ratio]);
        context.beginPath();
        context.moveTo(box.left, y);
        context.lineTo(box.left + box.width, y);
        context.stroke();
        context.textAlign = "left";
        context.fillText(level.label, box.left + 6 * ratio, y - box.top > 24 * ratio ? y - 6 * ratio : y + 16 * ratio);
      }
      context.restore();
    };
  }

  const wholeOf = (plot) => [plot.data[0][0], plot.data[0][plot.data[0].length - 1]];
  let following = false;
  function follow(plot, scale) {
    if (scale !== "x" || following) return;
    following = true;
    // Runs side by side differ in length: a chart that shows its whole run makes the others show theirs.
    const range = plot.scales.x;
    const [low, high] = wholeOf(plot);
    const showsWhole = Math.abs(range.min - low) + Math.abs(range.max - high) < 1e-9 * (1 + Math.abs(high));
    for (const other of plots) {
      if (other === plot) continue;
      const [begin, end] = showsWhole ? wholeOf(other) : [range.min, range.max];
      other.setScale("x", { min: begin, max: end });
    }
    following = false;
  }

  function valueText(chart, value) {
    if (value === null || value === undefined) return "not measured";
    if (typeof value === "number") return label(value, 5);
    return value === "-Infinity" && isLogarithmic(chart) ? "not positive" : String(value);
  }

  function optionsOf(chart, width) {
    const font = "12px " + getComputedStyle(document.body).fontFamily;
    const axis = { stroke: color("muted"), font: font, ticks: { show: false }, border: { show: true, stroke: color("rule"), width: 1 } };
    const grid = { stroke: color("grid"), width: 1 };
    const narrow = width < 500;
    return {
      width: width,
      height: chart.height + 26 + 18,
      padding: [18, Math.max(16, 4 * label(chart.iterations[chart.iterations.length - 1], 6).length), 0, 0],
      scales: {
        x: { time: false, range: (plot, low, high) => widened(low, high) },
        y: {
          range: (plot, low, high) => {
            const levels = chart.levels.map((level) => (isLogarithmic(chart) ? Math.log10(level.value) : level.value));
            const ends = low === null || levels.length === 0
              ? widened(low, high) : widened(Math.min(low, ...levels), Math.max(high, ...levels));
            const margin = 0.04 * (ends[1] - ends[0]);
            return [ends[0] - margin, ends[1] + margin];
          },
        },
      },
      axes: [
        Object.assign({}, axis, {
          grid: grid, size: 26, gap: 6,
          splits: (plot, index, low, high) => timeTicks(low, high, Math.max(4, Math.min(9, Math.floor(width / 75) + 1))),
          values: (plot, places) => places.map((place) => label(Math.round(toIteration(place)), 7)),
        }),
        Object.assign({}, axis, {
          grid: grid, size: narrow ? 52 : 58, gap: 6,
          splits: (plot, index, low, high) => (isLogarithmic(chart) ? decadeTicks(low, high, 6) : linearTicks(low, high, 6)),
          values: (plot, places) => {
            if (!isLogarithmic(chart)) return places.map((place) => label(Number(place.toPrecision(12)), 6));
            const whole = places.every(Number.isInteger);
            return places.map((place) => (whole ? power(place) : label(Math.pow(10, place), 3)));
          },
        }),
      ],
      series: [
        { label: "iteration", value: (plot, place) => (place === null || place === undefined ? "\u2013" : grouped(String(Math.round(toIteration(place))))) },
      ].concat(
        chart.series.map((series, number) => ({
          label: series.label,
          stroke: color("series-" + (series.style % 8)),
          width: 1.75,
          pxAlign: 0,
          dash: series.style >= 8 ? [5, 4] : undefined,
          value: (plot, value, seriesIndex, index) => (index === null || index === undefined ? "\u2013" : valueText(chart, chart.series[number].values[index])),
        }))
      ),
      legend: {
        markers: { dash: (plot, index) => (index > 0 && chart.series[index - 1].style >= 8 ? "dashed" : "solid") },
      },
      cursor: { sync: { key: "perigee" }, drag: { x: true, y: false }, y: false, points: { size: 7 } },
      hooks: { drawAxes: [], drawClear: [drawPhases(chart)], draw: [drawMarks(chart)], setScale: [follow] },
    };
  }

  // A single point needs no axis to zoom in; a folded figure has no width.
  const canBeDrawn = (chart, figure) =>
    chart.iterations.length > 1 && figure.querySelector(".live-plot").getBoundingClientRect().width >= 100;

  function draw() {
    for (const plot of plots) plot.destroy();
    plots = [];
    for (const chart of charts) {
      const figure = document.getElementById("chart-" + chart.id);
      const place = figure.querySelector(".live-plot");
      const width = Math.floor(place.getBoundingClientRect().width);
      if (!canBeDrawn(chart, figure)) continue;
      const data = [chart.iterations.map(toPlace)].concat(
        chart.series.map((series) => series.values.map((value) => drawn(chart, value)))
      );
      plots.push(new uPlot(optionsOf(chart, width), data, place));
      figure.classList.add("live");
    }
  }

  function fit() {
    // Charts in a folded part had no width when the others were drawn.
    const unfolded = charts.some((chart) => {
      const figure = document.getElementById("chart-" + chart.id);
      return canBeDrawn(chart, figure) && !figure.classList.contains("live");
    });
    if (unfolded) draw();
    for (const plot of plots) {
      const width = Math.floor(plot.root.parentNode.getBoundingClientRect().width);
      if (width >= 100 && width !== plot.width) plot.setSize({ width: width, height: plot.height });
    }
  }

  draw();
  dark.addEventListener("change", draw);
  window.addEventListener("resize", fit);
  for (const run of document.querySelectorAll("details.run")) run.addEventListener("toggle", fit);
  window.addEventListener("beforeprint", () => {
    for (const run of document.querySelectorAll("details.run")) run.open = true;
  });
  // A link in the table of verdicts unfolds what it leads to.
  for (const link of document.querySelectorAll(".verdicts a")) {
    link.addEventListener("click", () => { document.getElementById(link.hash.slice(1)).open = true; });
  }

  const toolbar = document.getElementById("chart-tools");
  const timeButton = document.getElementById("time-scale");
  toolbar.hidden = false;
  timeButton.addEventListener("click", () => {
    logarithmicTime = !logarithmicTime;
    timeButton.setAttribute("aria-pressed", String(logarithmicTime));
    draw();
  });
  document.getElementById("whole-run").addEventListener("click", draw);
})();
