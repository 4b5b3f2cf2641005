package dev.reprise.cli;

import dev.reprise.lineage.ItemText;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceComparison;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.store.Experiments;
import dev.reprise.store.Experiments.ArtifactEntry;
import dev.reprise.store.Experiments.DeviceTotal;
import dev.reprise.store.Experiments.RunEntry;
import dev.reprise.store.Experiments.Score;
import dev.reprise.store.Experiments.Totals;
import dev.reprise.store.Experiments.TraceEntry;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.Provenance;
import dev.reprise.store.RunArguments;
import dev.reprise.store.ScoredModel;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What {@code reprise experiments} prints. */
final class ExperimentsReport {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private static final int MOST = Integer.MAX_VALUE;

  private final Experiments experiments;
  private final PrintStream out;

  ExperimentsReport(Experiments experiments, PrintStream out) {
    this.experiments = experiments;
    this.out = out;
  }

  ExitCode list(int limit) {
    Totals totals = experiments.totals();
    out.println(
        totals.runs()
            + " runs; "
            + totals.artifacts()
            + " artifacts ("
            + Units.bytes(totals.artifactBytes())
            + "), "
            + totals.regions()
            + " calls and blocks, "
            + totals.vertices()
            + " values known");
    for (DeviceTotal device : experiments.devices()) {
      out.println(
          "measured on "
              + device.device()
              + ": "
              + device.values()
              + " values, "
              + device.count()
              + " times, "
              + Units.seconds(device.nanos()));
    }
    for (RunEntry run : experiments.runs(limit)) {
      out.println(line(run));
    }
    return ExitCode.FINE;
  }

  private static String line(RunEntry run) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%6d  %s  %-10s  %9s  %-9s %s",
                run.id(),
                TIME.format(Instant.ofEpochMilli(run.facts().startedMillis())),
                run.facts().user(),
                seconds(run),
                run.status() == null ? "no end" : run.status(),
                run.facts().script()));
    for (Score score : run.scores()) {
      line.append("  ").append(score.name()).append('=').append(score.value());
    }
    return line.toString();
  }

  private static String seconds(RunEntry run) {
    return run.seconds() < 0 ? "-" : String.format(Locale.ROOT, "%.3f s", run.seconds());
  }

  ExitCode show(long id, int limit) {
    RunEntry run = experiments.run(id);
    out.println("run        " + run.id());
    out.println("script     " + run.facts().script());
    out.println("started    " + TIME.format(Instant.ofEpochMilli(run.facts().startedMillis())));
    out.println("by         " + run.facts().user() + " on " + run.facts().host());
    out.println("version    " + run.facts().version());
    RunArguments.of(run.facts().arguments())
        .forEach((name, value) -> out.println("given      " + name + " = " + value));
    out.println("took       " + seconds(run));
    out.println("ended      " + (run.status() == null ? "no end noted" : run.status()));
    for (Score score : run.scores()) {
      out.println("score      " + score.name() + " = " + score.value());
    }
    for (TraceEntry trace : experiments.traces(id)) {
      String what = ScoredModel.isTraceName(trace.name()) ? "model      " : "wrote      ";
      out.println(what + trace.name() + "  (lineage " + trace.key() + ")");
    }
    List<ArtifactEntry> artifacts = experiments.artifacts(id, limit == MOST ? MOST : limit + 1);
    table(artifacts.subList(0, Math.min(artifacts.size(), limit)));
    if (artifacts.size() > limit) {
      out.println("... and more, see --limit");
    }
    return ExitCode.FINE;
  }

  ExitCode artifacts(long run, int limit) {
    table(experiments.artifacts(run, limit));
    return ExitCode.FINE;
  }

  private void table(List<ArtifactEntry> artifacts) {
    Map<Key, MeasuredCosts> costs =
        experiments.costsOf(artifacts.stream().map(ArtifactEntry::lineage).distinct().toList());
    out.println(
        "lineage                           bytes       cost        uses  run  operation"
            + " [measured on]");
    for (ArtifactEntry artifact : artifacts) {
      out.println(
          String.format(
              Locale.ROOT,
              "%s  %-10s  %-10s  %4d  %3d  %s%s",
              artifact.lineage(),
              Units.bytes(artifact.bytes()),
              Units.seconds(artifact.costNanos()),
              artifact.uses(),
              artifact.run(),
              ItemText.forPeople(artifact.operation()),
              measured(costs.get(artifact.lineage()))));
    }
  }

  ExitCode origin(String digits, int limit) {
    Provenance found = experiments.provenance(digits, limit);
    Provenance.Value value = found.value();
    out.println("lineage    " + value.lineage());
    out.println("operation  " + ItemText.forPeople(value.operation()));
    out.println("runs       " + runs(value));
    out.println("kept       " + (value.isKept() ? "yes" : "no"));
    if (value.bytes() > 0) {
      out.println("bytes      " + Units.bytes(value.bytes()));
    }
    if (value.costNanos() > 0) {
      out.println("cost       " + Units.seconds(value.costNanos()));
    }
    out.println("made of");
    for (Provenance.Ancestor each : found.from()) {
      out.println("  ".repeat(each.depth()) + line(each.value()));
    }
    out.println("used by");
    for (Provenance.Value user : found.users()) {
      out.println("  " + line(user) + "  in " + runs(user));
    }
    return ExitCode.FINE;
  }

  private static String line(Provenance.Value value) {
    return ItemText.forPeople(value.operation())
        + (value.operation().startsWith("literal ") ? "" : "  (lineage " + value.lineage() + ")")
        + (value.isKept() ? "  kept" : "");
  }

  /** As {@code 3, from 1 by ann to 7 by bob}. */
  private String runs(Provenance.Value value) {
    if (value.firstRun() == value.lastRun()) {
      return "run " + value.firstRun() + by(value.firstRun());
    }
    return value.runs()
        + " runs, from "
        + value.firstRun()
        + by(value.firstRun())
        + " to "
        + value.lastRun()
        + by(value.lastRun());
  }

  private String by(long run) {
    return " by " + experiments.run(run).facts().user();
  }

  /** As {@code [cpu 0.120 s x3, cuda:NVIDIA H100 80GB HBM3 0.004 s x1]}; nothing when unknown. */
  private static String measured(MeasuredCosts costs) {
    if (costs == null || costs.byDevice().isEmpty()) {
      return "";
    }
    return costs.byDevice().stream()
        .map(cost -> cost.device() + " " + Units.seconds(cost.nanos()) + " x" + cost.count())
        .collect(Collectors.joining(", ", "  [", "]"));
  }

  ExitCode compare(long first, long second) throws IOException {
    RunEntry a = experiments.run(first);
    RunEntry b = experiments.run(second);
    row("run", a.id(), b.id());
    row("script", a.facts().script(), b.facts().script());
    row("by", a.facts().user(), b.facts().user());
    row("version", a.facts().version(), b.facts().version());
    parameters(a, b);
    row("took", seconds(a), seconds(b));
    row("ended", a.status(), b.status());
    scores(a, b);
    boolean equal = true;
    for (TraceEntry trace : experiments.traces(first)) {
      for (TraceEntry other : experiments.traces(second)) {
        if (other.name().equals(trace.name())) {
          equal &= compare(trace, a, other, b);
        }
      }
    }
    return equal ? ExitCode.FINE : ExitCode.SCRIPT;
  }

  private void parameters(RunEntry a, RunEntry b) {
    Map<String, String> ofA = RunArguments.of(a.facts().arguments());
    Map<String, String> ofB = RunArguments.of(b.facts().arguments());
    Set<String> names = new TreeSet<>(ofA.keySet());
    names.addAll(ofB.keySet());
    names.forEach(name -> row(name, ofA.get(name), ofB.get(name)));
  }

  private void scores(RunEntry a, RunEntry b) {
    for (Score score : a.scores()) {
      row(score.name(), score.value(), valueOf(score.name(), b));
    }
    for (Score score : b.scores()) {
      if (valueOf(score.name(), a) == null) {
        row(score.name(), null, score.value());
      }
    }
  }

  private static Double valueOf(String name, RunEntry run) {
    for (Score score : run.scores()) {
      if (score.name().equals(name)) {
        return score.value();
      }
    }
    return null;
  }

  private void row(String what, Object a, Object b) {
    String same = String.valueOf(a).equals(String.valueOf(b)) ? " " : "*";
    out.println(
        String.format(
            Locale.ROOT,
            "%s %-9s  %-40s  %s",
            same,
            what,
            a == null ? "-" : a,
            b == null ? "-" : b));
  }

  private boolean compare(TraceEntry trace, RunEntry a, TraceEntry other, RunEntry b)
      throws IOException {
    out.print(trace.name() + ": ");
    if (trace.key().equals(other.key())) {
      out.println("came to be in the same way");
      return true;
    }
    out.println("came to be in another way");
    TraceComparison.explain(read(a, trace), read(b, other)).ifPresent(out::println);
    return false;
  }

  private Trace read(RunEntry run, TraceEntry trace) throws IOException {
    try {
      return TraceReader.read(
          new StringReader(experiments.trace(run.id(), trace.name())), OperationTable.standard());
    } catch (TraceFormatException e) {
      throw new IOException(trace.name() + ": " + e.getMessage(), e);
    }
  }
}
