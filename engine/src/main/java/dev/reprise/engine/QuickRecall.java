package dev.reprise.engine;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.engine.stored.StoredPrograms;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.language.SourceFile;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Recalls whole runs before a session is opened: no memory, no devices, no database, most of which
 * take longer to set up than the answer takes to print. Finds what {@link RunRecall} finds, if the
 * store is in a folder and the key of a value is that of its lineage; whatever is unusual is left
 * to it. Stateless.
 */
final class QuickRecall {
  private QuickRecall() {}

  /**
   * Does what an earlier run of a script did that would do the same now.
   *
   * @return false when that is not known
   */
  static boolean recall(
      SessionConfig config, SourceFile source, Path folder, CompileOptions options) {
    if (!isUsual(config)) {
      return false;
    }
    long start = System.nanoTime();
    RunRepetition repetition = RunRepetition.of(config, source, folder, options);
    StoredPrograms stored =
        repetition == null ? null : StoredPrograms.of(config.store(), Environment.build());
    byte[] bytes = stored == null ? null : stored.find(repetition.key());
    RecalledRun run = bytes == null ? null : RecalledRun.of(bytes);
    DataFiles files = new DataFiles(new FingerprintCache(InstantSource.system()), 1);
    if (run == null || !repetition.isSame(run, files)) {
      return false;
    }
    boolean isStamped = repetition.isStamped(run, files);
    if (!repetition.repeat(run)) {
      return false;
    }
    if (!isStamped) {
      stored.refresh(repetition.key(), repetition.stamped(run, files).bytes());
    }
    stored.note(
        repetition.key(),
        source.name(),
        repetition.parameters(),
        Environment.version(),
        System.nanoTime() - start);
    return true;
  }

  private static boolean isUsual(SessionConfig config) {
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
