package dev.reprise.engine.recall;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.stored.BuildMemo;
import dev.reprise.engine.stored.StoredPrograms;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Recalls whole runs before a session is opened: no memory, no devices, no database, most of which
 * take longer to set up than the answer takes to print. Finds what {@code RunRecall} finds, if the
 * store is in a folder and the key of a value is that of its lineage; whatever is unusual is left
 * to it. Immutable.
 */
public final class QuickRecall {
  private final SessionConfig config;
  private final Supplier<BuildMemo> build;
  private final String version;

  /**
   * @param build what is known of this build; asked when there may be something to recall
   * @param version of this build, for people
   */
  public QuickRecall(SessionConfig config, Supplier<BuildMemo> build, String version) {
    this.config = config;
    this.build = build;
    this.version = version;
  }

  /**
   * Does what an earlier run of a script did that would do the same now.
   *
   * @param files finds what the script sources
   * @return false when that is not known
   */
  public boolean recall(SourceFile source, SourceResolver files, CompileOptions options) {
    if (!isUsual()) {
      return false;
    }
    long start = System.nanoTime();
    RunRepetition repetition = RunRepetition.of(config, source, files, options);
    StoredPrograms stored =
        repetition == null ? null : StoredPrograms.of(config.store(), build.get());
    byte[] bytes = stored == null ? null : stored.find(repetition.key());
    RecalledRun run = bytes == null ? null : RecalledRun.of(bytes);
    DataFiles data = new DataFiles(new FingerprintCache(InstantSource.system()), 1);
    if (run == null || !repetition.isSame(run, data)) {
      return false;
    }
    boolean isStamped = repetition.isStamped(run, data);
    if (!repetition.repeat(run, data)) {
      return false;
    }
    if (!isStamped) {
      stored.refresh(repetition.key(), repetition.stamped(run, data).bytes());
    }
    stored.note(
        repetition.key(),
        source.name(),
        repetition.parameters(),
        version,
        System.nanoTime() - start);
    return true;
  }

  private boolean isUsual() {
    return config.store() != null
        && config.store().folder() != null
        && config.effectiveReuse().reuses()
        && config.traps().isEmpty()
        && config.numerics() == Numerics.DEFAULT
        && config.progress() == null
        && (config.devices().equals(DeviceConfig.AUTO)
            || config.devices().equals(DeviceConfig.CPU));
  }
}
