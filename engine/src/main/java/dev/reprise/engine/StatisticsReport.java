package dev.reprise.engine;

import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.CacheContents;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.EstimateUse;
import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.RunStatistics.LoopStatistics;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.RunStatistics.PlacementUse;
import dev.reprise.RunStatistics.RewriteStatistics;
import dev.reprise.RunStatistics.ViewStatistics;
import dev.reprise.cache.CacheStatistics;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.Fallbacks;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.report.Counters;
import dev.reprise.memory.DeviceMemoryStatistics;
import dev.reprise.memory.DiskStatistics;
import dev.reprise.memory.HostMemory;
import dev.reprise.scheduler.AcceleratorWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Gathers what a run and its session counted into one report. */
final class StatisticsReport {
  private StatisticsReport() {}

  static RunStatistics of(SessionServices session, Run run, long wallNanos) {
    Counters counters = run.counters().snapshot();
    List<OpcodeStatistics> operations = new ArrayList<>();
    for (int i = 0; i < counters.executed.length; i++) {
      if (counters.executed[i] + counters.hits[i] + counters.misses[i] + counters.waits[i] > 0) {
        operations.add(
            new OpcodeStatistics(
                session.resources().opcodes().name(i),
                counters.executed[i],
                counters.nanos[i],
                counters.hits[i],
                counters.misses[i],
                counters.waits[i]));
      }
    }
    operations.sort(StatisticsReport::mostTimeFirst);
    LevelStatistics functions = level(counters.levels(Region.Level.FUNCTION));
    LevelStatistics blocks = level(counters.levels(Region.Level.BLOCK));
    HostMemory memory = session.memory();
    CacheStatistics cache = session.cache() == null ? null : session.cache().statistics();
    return new RunStatistics(
        wallNanos,
        operations,
        functions,
        blocks,
        cache == null
            ? 0
            : cache.savedNanos() - run.savedBefore() + functions.savedNanos() + blocks.savedNanos(),
        partial(counters),
        cache == null ? null : contents(cache),
        memory.usedBytes(),
        memory.peakBytes(),
        memory.budgetBytes(),
        session.lineage().use(),
        disk(session.resources().diskStatistics(), memory),
        devices(session.accelerators()),
        placement(session.accelerators()),
        session.checks().verifier() == null ? null : session.checks().verifier().statistics(),
        session.stored() == null ? null : session.stored().use(),
        session.checks().estimate() == null ? null : session.checks().estimate().forecast(),
        new LoopStatistics(
            counters.recorded, counters.recordingsLeft, counters.givenUp, counters.resumed),
        new ViewStatistics(counters.views, counters.viewedBytes, memory.viewsSeparated()));
  }

  private static List<DeviceUse> devices(Accelerators accelerators) {
    List<DeviceUse> devices = new ArrayList<>();
    for (AcceleratorWorker worker : accelerators.workers()) {
      DeviceMemoryStatistics memory = worker.memory().statistics();
      Fallbacks.OfDevice fallbacks = accelerators.fallbacks().of(worker.name());
      devices.add(
          new DeviceUse(
              worker.name(),
              worker.executed(),
              worker.accelerator().launches(),
              worker.accelerator().replays(),
              worker.busyNanos(),
              fallbacks.count(),
              fallbacks.first(),
              memory.usedBytes(),
              memory.peakBytes(),
              memory.budgetBytes(),
              memory.copies(),
              memory.uploads(),
              memory.uploadedBytes(),
              memory.downloads(),
              memory.downloadedBytes(),
              memory.peerCopies(),
              memory.peerBytes(),
              memory.demotions(),
              memory.dropped(),
              memory.reclaimed(),
              memory.restored(),
              memory.lost()));
    }
    return devices;
  }

  private static PlacementUse placement(Accelerators accelerators) {
    List<EstimateUse> estimates = new ArrayList<>();
    accelerators
        .models()
        .errors()
        .forEach((device, error) ->
            estimates.add(new EstimateUse(device, error.count(), error.median())));
    return new PlacementUse(estimates, accelerators.notes());
  }

  private static DiskUse disk(DiskStatistics disk, HostMemory memory) {
    return new DiskUse(
        disk.bytes(),
        disk.peakBytes(),
        disk.budgetBytes(),
        disk.spills(),
        disk.spilledBytes(),
        disk.restores(),
        disk.restoredBytes(),
        memory.liveSpills(),
        memory.retries(),
        disk.writeErrors(),
        disk.damaged(),
        disk.pages(),
        disk.pagedBytes(),
        disk.writeBytesPerSecond(),
        disk.readBytesPerSecond());
  }

  private static List<RewriteStatistics> partial(Counters counters) {
    List<String> names = PartialReuse.names();
    List<RewriteStatistics> fired = new ArrayList<>();
    for (int i = 0; i < counters.partialHits.length; i++) {
      if (counters.partialHits[i] > 0) {
        fired.add(
            new RewriteStatistics(
                names.get(i), counters.partialHits[i], counters.partialSavedNanos[i]));
      }
    }
    return fired;
  }

  private static LevelStatistics level(Counters.Level level) {
    return new LevelStatistics(level.hits, level.misses, level.savedNanos, level.byContents);
  }

  private static CacheContents contents(CacheStatistics cache) {
    return new CacheContents(
        cache.entries(),
        cache.bytes(),
        cache.admitted(),
        cache.rejected(),
        cache.evictions(),
        cache.evictionNanos(),
        cache.failed(),
        cache.abandoned(),
        cache.diskEntries(),
        cache.diskBytes(),
        cache.spills(),
        cache.restores(),
        cache.groups(),
        cache.groupsBroken(),
        byReason(cache));
  }

  private static Map<String, Long> byReason(CacheStatistics cache) {
    Map<String, Long> counts = new TreeMap<>();
    cache
        .evictionsByReason()
        .forEach((reason, count) -> counts.put(reason.name().toLowerCase(Locale.ROOT), count));
    return counts;
  }

  // Not by Comparator.comparing: its lambdas are not in the start-up cache.
  private static int mostTimeFirst(OpcodeStatistics a, OpcodeStatistics b) {
    int byTime = Long.compare(b.nanos(), a.nanos());
    return byTime != 0 ? byTime : Long.compare(b.executed(), a.executed());
  }
}
