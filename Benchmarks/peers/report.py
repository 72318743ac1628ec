"""The Markdown table of one measurement."""


def print_table(result: dict) -> None:
    rows = result["rows"]
    by_name = {r["peer"]: r for r in rows}
    base = by_name.get("engine") or by_name.get("torch") or (rows[0] if rows else None)
    what = "training step" if result["train"] else "inference"
    print(f"\n### {result['network']}, {what}, batch {result['batch']}, {result['size']}×{result['size']}, "
          f"{result['threads']} threads, {result['rounds']} rounds\n")
    print(f"| peer | s per image, median | fastest–slowest | time / {base['peer'] if base else '–'} | relative L2 error "
          "| median error | largest error | peak MiB | peak while running MiB | remarks |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for r in rows:
        mark = "" if r["undisturbed"] else " (disturbed)"
        ratio = f"{r['median_s_per_image'] / base['median_s_per_image']:.2f}" if base else "–"
        errors = [f"{r[k]:.1e}" if k in r else "–" for k in ("relative_l2", "median_error", "max_abs")]
        note = "; ".join(filter(None, [r["version"], r["note"],
                                       "" if r["first_loss"] is None else f"first loss {r['first_loss']:.6f}",
                                       "" if r.get("agrees", True) else "**DISAGREES**"]))
        print(f"| {r['peer']}{mark} | {r['median_s_per_image']:.3f} | {min(r['counted_s_per_image']):.3f}–"
              f"{max(r['counted_s_per_image']):.3f} | {ratio} | {' | '.join(errors)} | {r['peak_kib'] / 1024:.0f} | "
              f"{r['running_peak_kib'] / 1024:.0f} | {note} |")
    for peer, reason in result["failures"].items():
        print(f"| {peer} | – | – | – | – | – | – | – | – | failed: {reason} |")
    undisturbed = sum(r["undisturbed"] for r in rows)
    turns = sum(len(r["turns"]) for r in rows)
    idle = sum(r["idle_cpu_s"] for r in rows)
    print(f"\n{turns} turns, {undisturbed} of them undisturbed, which are the ones counted. Waiting peers used "
          f"{idle:.2f} s of CPU time.")
    if disturbed := [r["peer"] for r in rows if not r["undisturbed"]]:
        print(f"**Not valid as a measurement of {', '.join(disturbed)}**: other processes were busy in every turn.")
