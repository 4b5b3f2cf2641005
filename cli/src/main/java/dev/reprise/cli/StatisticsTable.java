package dev.reprise.cli;

import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.CacheContents;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.EstimateUse;
import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.RunStatistics.LineageUse;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.RunStatistics.RewriteStatistics;
import dev.reprise.RunStatistics.Verification;
import dev.reprise.StoreUse;
import dev.reprise.runtime.ProductPrecision;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a run did, as a table for a person. */
final class StatisticsTable {
  private StatisticsTable() {}

  /**
   * @param rows how many operations are listed, those with the most time first
   */
  static String text(RunStatistics run, int rows) {
    StringBuilder text = new StringBuilder("\n");
    line(text, "wall time", Units.seconds(run.wallNanos()));
    line(text, "operations", run.executed() + " executed, " + run.hits() + " found in the cache");
    if (run.cache() != null) {
      reuse(text, run);
    }
    loops(text, run);
    memory(text, run);
    devices(text, run);
    if (run.store() != null) {
      line(text, "store", store(run.store()));
    }
    if (run.verification() != null) {
      line(text, "verified", verified(run.verification()));
    }
    operations(text, run.operations(), rows);
    return text.toString();
  }

  private static void reuse(StringBuilder text, RunStatistics run) {
    long probes = run.hits() + run.misses() + run.waits();
    String share = Units.percent(run.hits() + run.waits(), probes);
    line(
        text,
        "probes",
        run.hits()
            + " hits, "
            + run.waits()
            + " waits, "
            + run.misses()
            + " misses ("
            + share
            + " reused)");
    level(text, "whole calls", run.functions());
    level(text, "whole blocks", run.blocks());
    line(text, "time saved", Units.seconds(run.savedNanos()));
    partial(text, run);
    line(text, "cache", cache(run.cache()));
  }

  private static void loops(StringBuilder text, RunStatistics run) {
    if (run.loops().recorded() > 0) {
      line(
          text,
          "loops",
          run.loops().recorded()
              + " iterations stored without their items, "
              + run.loops().left()
              + " traced after all");
    }
    if (run.loops().givenUp() > 0) {
      line(
          text,
          "parfor",
          run.loops().givenUp()
              + " iterations ran again with fewer workers: memory was short; "
              + run.loops().resumed()
              + " workers came back");
    }
    if (run.views().count() > 0) {
      line(
          text,
          "views",
          run.views().count()
              + " slices of "
              + Units.bytes(run.views().bytes())
              + " not copied, "
              + run.views().separated()
              + " copied later");
    }
  }

  private static void memory(StringBuilder text, RunStatistics run) {
    line(
        text,
        "host memory",
        Units.bytes(run.hostBytes())
            + " in use, "
            + Units.bytes(run.hostPeakBytes())
            + " at the peak, "
            + Units.bytes(run.hostBudgetBytes())
            + " allowed");
    if (run.lineage().peakBytes() > 0) {
      line(text, "lineage", lineage(run.lineage()));
    }
    if (run.disk().spills() > 0 || run.disk().pages() > 0 || run.disk().writeErrors() > 0) {
      line(text, "disk", disk(run.disk()));
    }
  }

  private static void devices(StringBuilder text, RunStatistics run) {
    for (DeviceUse device : run.devices()) {
      line(text, device.name(), device(device));
    }
    if (!run.placement().estimates().isEmpty()) {
      line(text, "estimates", estimates(run.placement().estimates()));
    }
    for (String absence : run.placement().absences()) {
      line(text, "absent", absence);
    }
  }

  private static String store(StoreUse store) {
    String counts =
        (store.programs() > 0 ? "the whole run was found; " : "")
            + store.hits()
            + " values found ("
            + Units.bytes(store.loadedBytes())
            + ", "
            + Units.seconds(store.savedNanos())
            + " saved), "
            + store.regions()
            + " calls and blocks, "
            + store.misses()
            + " not there, "
            + store.kept()
            + " kept so far ("
            + Units.bytes(store.keptBytes())
            + ")";
    if (store.deferred() > 0) {
      counts +=
          ", "
              + store.deferred()
              + " of those found left where they were until needed, "
              + store.computed()
              + " of them computed then";
    }
    if (store.putOff() > 0) {
      counts +=
          ", "
              + store.putOff()
              + " operations put off, "
              + store.putOffExecuted()
              + " of them executed then";
    }
    if (store.byContent() > 0) {
      counts += ", " + store.byContent() + " of all found by equal contents of what they came from";
    }
    long starts = store.warmStarts() + store.coldStarts();
    if (starts > 0) {
      counts += ", " + store.warmStarts() + " of " + starts + " trainings from an earlier model";
    }
    if (store.waits() + store.damaged() + store.dropped() > 0) {
      counts +=
          ", "
              + store.waits()
              + " waits for other processes, "
              + store.damaged()
              + " damaged, "
              + store.dropped()
              + " dropped";
    }
    return store.problem() == null ? counts : counts + "; " + store.problem();
  }

  private static void partial(StringBuilder text, RunStatistics run) {
    if (run.partial().isEmpty()) {
      return;
    }
    long saved = run.partial().stream().mapToLong(RewriteStatistics::savedNanos).sum();
    line(
        text,
        "from parts",
        run.partialHits() + " values, about " + Units.seconds(saved) + " of work saved");
    for (RewriteStatistics each : run.partial()) {
      text.append(
          String.format(
              Locale.ROOT,
              "    %-26s %8d %11s%n",
              each.rewrite(),
              each.hits(),
              Units.seconds(each.savedNanos())));
    }
  }

  /** Nothing when no execution was worth remembering. */
  private static void level(StringBuilder text, String name, LevelStatistics level) {
    long asked = level.hits() + level.misses();
    if (asked > 0) {
      String share = Units.percent(level.hits(), asked);
      line(
          text,
          name,
          level.hits()
              + " found"
              + (level.byContents() > 0 ? " (" + level.byContents() + " by equal contents)" : "")
              + ", "
              + level.misses()
              + " executed ("
              + share
              + " reused)");
    }
  }

  private static String cache(CacheContents cache) {
    return cache.entries()
        + " values, "
        + Units.bytes(cache.bytes())
        + "; "
        + cache.admitted()
        + " admitted, "
        + cache.rejected()
        + " rejected, "
        + cache.evictions()
        + " evicted"
        + (cache.evictions() == 0 ? "" : " in " + Units.seconds(cache.evictionNanos()))
        + (cache.groups() + cache.groupsBroken() == 0
            ? ""
            : "; "
                + cache.groups()
                + " whole calls or blocks can be skipped, "
                + cache.groupsBroken()
                + " lost a value")
        + (cache.spills() == 0
            ? ""
            : "; "
                + cache.diskEntries()
                + " on disk, "
                + cache.spills()
                + " moved there, "
                + cache.restores()
                + " brought back");
  }

  private static String lineage(LineageUse lineage) {
    return Units.bytes(lineage.bytes())
        + " of heap, "
        + Units.bytes(lineage.peakBytes())
        + " at the peak, "
        + Units.bytes(lineage.budgetBytes())
        + " allowed"
        + (lineage.cuts() == 0 ? "" : "; the traces of " + lineage.cuts() + " values were cut");
  }

  private static String disk(DiskUse disk) {
    return Units.bytes(disk.bytes())
        + " in use, "
        + Units.bytes(disk.peakBytes())
        + " at the peak; "
        + disk.spills()
        + " values written ("
        + Units.bytes(disk.spilledBytes())
        + ", "
        + Units.bytes((long) disk.writeBytesPerSecond())
        + "/s), "
        + disk.restores()
        + " read back ("
        + Units.bytes(disk.restoredBytes())
        + ", "
        + Units.bytes((long) disk.readBytesPerSecond())
        + "/s)"
        + (disk.pages() == 0
            ? ""
            : "; "
                + disk.pages()
                + " too large for memory ("
                + Units.bytes(disk.pagedBytes())
                + "), read where they lie")
        + (disk.writeErrors() > 0 ? "; " + disk.writeErrors() + " writes failed" : "")
        + (disk.damaged() > 0 ? "; " + disk.damaged() + " copies were damaged" : "");
  }

  private static String device(DeviceUse device) {
    return device.executed()
        + " operations, "
        + device.launches()
        + " launches, "
        + (device.replays() == 0 ? "" : device.replays() + " iterations at once, ")
        + Units.seconds(device.busyNanos())
        + " busy; "
        + Units.bytes(device.bytes())
        + " of "
        + Units.bytes(device.budgetBytes())
        + " in use, "
        + Units.bytes(device.peakBytes())
        + " at the peak; "
        + device.uploads()
        + " copied there ("
        + Units.bytes(device.uploadedBytes())
        + "), "
        + device.downloads()
        + " back ("
        + Units.bytes(device.downloadedBytes())
        + ")"
        + (device.peerCopies() == 0
            ? ""
            : ", "
                + device.peerCopies()
                + " from other devices ("
                + Units.bytes(device.peerBytes())
                + ")")
        + (device.reclaimed() == 0 ? "" : "; the cache made room " + device.reclaimed() + " times")
        + (device.lost()
            ? "; it was lost, " + device.restored() + " values were computed again"
            : "")
        + (device.demotions() + device.dropped() == 0
            ? ""
            : "; "
                + device.demotions()
                + " moved to the host for lack of room, "
                + device.dropped()
                + " copies dropped")
        + (device.fallbacks() == 0
            ? ""
            : "; "
                + device.fallbacks()
                + " operations ran on the processor instead, first "
                + device.firstFallback());
  }

  private static String estimates(List<EstimateUse> estimates) {
    return estimates.stream()
        .map(each ->
            each.device()
                + " "
                + each.count()
                + ", half of them within "
                + Math.round(1000 * each.medianError()) / 10.0
                + " %")
        .collect(Collectors.joining("; "));
  }

  private static String verified(Verification checked) {
    return checked.values()
        + " found values computed again, "
        + checked.approximate()
        + " of them with rewritten parts; worst deviation "
        + checked.worstDeviation();
  }

  private static void operations(StringBuilder text, List<OpcodeStatistics> all, int rows) {
    if (all.isEmpty() || rows == 0) {
      return;
    }
    text.append('\n');
    text.append(row("operation", "executed", "time", "hits", "misses", "waits"));
    for (OpcodeStatistics one : all.subList(0, Math.min(rows, all.size()))) {
      text.append(
          row(
              one.opcode(),
              String.valueOf(one.executed()),
              Units.seconds(one.nanos()),
              String.valueOf(one.hits()),
              String.valueOf(one.misses()),
              String.valueOf(one.waits())));
    }
    if (all.size() > rows) {
      text.append("  and ").append(all.size() - rows).append(" more\n");
    }
  }

  /** A line for what is not fp64; else nothing. */
  static String precision(String word) {
    StringBuilder text = new StringBuilder();
    switch (word) {
      case "fp64" -> {}
      case "fp32" -> line(text, "precision", "fp32");
      default ->
          line(
              text,
              "precision",
              word
                  + ": cells of fp32, operands of products rounded to "
                  + (24 - ProductPrecision.valueOf(word.toUpperCase(Locale.ROOT)).droppedBits())
                  + " bits, sums of fp32");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "  %-13s %s%n", name, value));
  }

  private static String row(
      String opcode, String executed, String time, String hits, String misses, String waits) {
    return String.format(
        Locale.ROOT,
        "  %-22s %10s %11s %8s %8s %8s%n",
        opcode,
        executed,
        time,
        hits,
        misses,
        waits);
  }
}
