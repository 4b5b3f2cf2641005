"""Puts the results of ci/gpu-study together: collect.py FOLDER DEVICE, JSON on standard output."""
import glob
import json
import os
import re
import sys

folder, device = sys.argv[1:]


def load(name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return json.load(file)


def placements():
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "placement-*.json"))):
        for cell in json.load(open(path))["cells"]:
            rows.append({"script": re.search(r"placement-(.*)\.json", path).group(1),
                         "placement": cell["placement"], "outcome": cell["outcome"],
                         "seconds": cell["medianNanos"] / 1e9,
                         "fastest": cell["fastestNanos"] / 1e9, "slowest": cell["slowestNanos"] / 1e9})
    return rows


def union(spans):
    merged = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return merged


def overlap(spans, others):
    """Length of what of the spans lies within the others; both are merged first."""
    spans, others = union(spans), union(others)
    total, at = 0.0, 0
    for begin, end in spans:
        while at < len(others) and others[at][1] <= begin:
            at += 1
        i = at
        while i < len(others) and others[i][0] < end:
            total += min(end, others[i][1]) - max(begin, others[i][0])
            i += 1
    return total


def transfers():
    trace = load("trace.json")
    if trace is None:
        return None
    events = trace["traceEvents"] if isinstance(trace, dict) else trace
    spans = {"copy": [], "kernel": []}
    for event in events:
        if event.get("ph") == "X" and event.get("cat") in spans:
            spans[event["cat"]].append((event["ts"], event["ts"] + event.get("dur", 0)))
    copying = sum(end - begin for begin, end in union(spans["copy"]))
    hidden = overlap(spans["copy"], spans["kernel"])
    return {"copies": len(spans["copy"]), "copyMicros": round(copying, 1),
            "kernelMicros": round(sum(e - b for b, e in union(spans["kernel"])), 1),
            "hiddenShare": round(hidden / copying, 4) if copying else None}


def scoring():
    rows = []
    for repeated in (0, 20, 40, 80):
        row = {"repeated": repeated}
        for reuse in ("none", "hybrid"):
            with open(os.path.join(folder, "scoring-%d-%s.txt" % (repeated, reuse))) as file:
                text = file.read()
            found = re.search(r"@seconds ([0-9.eE+-]+)", text)
            row[reuse] = float(found.group(1)) if found else None
            row[reuse + "Scores"] = re.search(r"scores (\S+)", text).group(1) if found else None
        rows.append(row)
    return rows


def estimates():
    rows = {}
    for name in ("pcalm", "autoencoder-batches"):
        run = load("estimates-%s.json" % name)
        if run is not None:
            rows[name] = run.get("estimates")
    return rows


json.dump({"device": device, "placements": placements(), "estimates": estimates(), "transfers": transfers(),
           "scoring": scoring()}, sys.stdout, indent=1)
print()
