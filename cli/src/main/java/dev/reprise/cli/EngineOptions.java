package dev.reprise.cli;

import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.UserEnvironment;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.StoreConfig;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The settings in the engine's terms.
 *
 * @param notes what has no effect, or less, beside something else that was asked for
 * @param progress tells how far a run is; null when nobody asked
 */
record EngineOptions(SessionConfig config, List<String> notes, ProgressLine progress) {

  static EngineOptions of(Settings settings, Console console) {
    settings.library().forEach(folder -> OutputPlaces.present("--library", folder));
    SessionConfig config =
        SessionConfig.defaults()
            .withReuse(ReuseMode.valueOf(settings.reuse().toUpperCase(Locale.ROOT)))
            .withTraps(settings.checks().traps())
            .withEstimate(settings.checks().estimate())
            .withVerifyReuse(settings.checks().verifyReuse())
            .withPolicy(settings.policy())
            .withLibrary(settings.library())
            .withNumerics(Numerics.valueOf(settings.numerics().toUpperCase(Locale.ROOT)))
            .withDedup(settings.dedup())
            .withFusion(settings.fusion())
            .withDevices(devices(settings))
            .withTraceFile(settings.traceFile())
            .withMetrics(settings.metrics())
            .withOutput(console.out(), console.err());
    config = inPrecision(config, settings.precision());
    if (settings.memory().bytes("host").isPresent()) {
      config = config.withHostBytes(settings.memory().bytes("host").getAsLong());
    }
    if (settings.memory().bytes("disk").isPresent()) {
      config = config.withDiskBytes(settings.memory().bytes("disk").getAsLong());
    }
    if (settings.memory().bytes("lineage").isPresent()) {
      config = config.withLineageBytes(settings.memory().bytes("lineage").getAsLong());
    }
    if (settings.spillFolder() != null) {
      config = config.withSpillFolder(settings.spillFolder());
    }
    if (settings.store() != null && !settings.store().equals(StoreChoice.NONE)) {
      config = config.withStore(store(settings, console));
    } else if (settings.warmStart()) {
      throw new UsageException(
          "--warm-start begins from models of an experiment store; name one with --store DIR");
    }
    if (settings.seed().isPresent()) {
      config = config.withSeed(settings.seed().getAsLong());
    }
    if (settings.threads().isPresent()) {
      config = config.withThreads(settings.threads().getAsInt());
    }
    ProgressLine progress = settings.progress() ? ProgressLine.of(console.err()) : null;
    if (progress != null) {
      config =
          config
              .withProgress(progress)
              .withOutput(progress.before(console.out()), progress.before(console.err()));
    }
    return new EngineOptions(config, contradictions(settings), progress);
  }

  /** A run begins, where a session has several. */
  void beginProgress() {
    if (progress != null) {
      progress.begin();
    }
  }

  /** A run is over, whose end may be told. */
  void clearProgress() {
    if (progress != null) {
      progress.clear();
    }
  }

  /** How much of a run's time may go into keeping what it computes, in percent. */
  private static final String WRITING_PERCENT = "REPRISE_STORE_WRITING_PERCENT";

  private static StoreConfig store(Settings settings, Console console) {
    StoreConfig store = StoreChoice.config(settings.store(), RepriseFile.ofUser());
    if (store.server() == null && !Files.exists(store.folder())) {
      OutputPlaces.folderUnlessFull("--store", store.folder());
    }
    store = console.departure().storing(store);
    OptionalLong bytes = settings.memory().bytes("store");
    store = bytes.isPresent() ? store.withBudgetBytes(bytes.getAsLong()) : store;
    store = settings.warmStart() ? store.withWarmStart() : store;
    String percent = UserEnvironment.storeWritingPercent();
    return percent == null ? store : store.withWritingShare(share(percent));
  }

  private static double share(String percent) {
    try {
      double share = Double.parseDouble(percent) / 100;
      if (share >= 0) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UsageException(
        WRITING_PERCENT + " must be the percentage of a run's time, found '" + percent + "'");
  }

  private static DeviceConfig devices(Settings settings) {
    List<String> parts = List.of(settings.device().split("\\+"));
    return new DeviceConfig(
        parts.getFirst(),
        parts.subList(1, parts.size()),
        settings.memory().ofAccelerators(),
        settings.graphs());
  }

  private static SessionConfig inPrecision(SessionConfig config, String word) {
    return switch (word) {
      case "fp64" -> config.withPrecision(Precision.FP64);
      case "fp32" -> config.withPrecision(Precision.FP32);
      default -> config.withProducts(ProductPrecision.valueOf(word.toUpperCase(Locale.ROOT)));
    };
  }

  /** One line for all that was asked for in vain, or nearly so. */
  void tellNotes(PrintStream err) {
    if (!notes.isEmpty()) {
      err.println("reprise: note: " + String.join("; ", notes));
    }
  }

  /** What the run is about to do, in one line. */
  @Override
  public String toString() {
    return VersionCommand.text()
        + ", reuse "
        + config.effectiveReuse().name().toLowerCase(Locale.ROOT)
        + ", eviction "
        + config.policy()
        + ", "
        + config.threads()
        + " threads, host memory "
        + (config.hostBytes() == 0 ? "by default" : Units.bytes(config.hostBytes()))
        + ", disk "
        + (config.diskBytes().isEmpty()
            ? "by default"
            : Units.bytes(config.diskBytes().getAsLong()))
        + ", device "
        + config.devices().placement()
        + ", precision "
        + (config.products() == ProductPrecision.FULL
            ? config.precision().name().toLowerCase(Locale.ROOT)
            : config.products().word() + " products of fp32")
        + ", seed "
        + (config.seed().isPresent() ? config.seed().getAsLong() : "drawn");
  }

  private static List<String> contradictions(Settings settings) {
    List<String> notes = new ArrayList<>();
    String stored = settings.warmStart() ? "--store and --warm-start" : "--store";
    if (settings.checks().estimate()) {
      if (settings.store() != null) {
        notes.add(stored + " with --estimate (nothing is reused)");
      }
      if (settings.checks().verifyReuse() > 0) {
        notes.add("--verify-reuse with --estimate (nothing is reused)");
      }
      return List.copyOf(notes);
    }
    if (settings.checks().verifyReuse() > 0
        && !ReuseMode.valueOf(settings.reuse().toUpperCase(Locale.ROOT)).reuses()) {
      notes.add("--verify-reuse with --reuse " + settings.reuse() + " (nothing is reused)");
    }
    if (settings.store() != null && !settings.checks().traps().isEmpty()) {
      notes.add("--store with --trap (values that are loaded are not watched)");
    }
    boolean reuses = ReuseMode.valueOf(settings.reuse().toUpperCase(Locale.ROOT)).reuses();
    if (settings.store() != null && !reuses) {
      notes.add(stored + " with --reuse " + settings.reuse() + " (nothing is reused)");
    }
    return List.copyOf(notes);
  }
}
