package dev.reprise.engine.stored;

import dev.reprise.lineage.Key;
import dev.reprise.store.RecalledPrograms;
import dev.reprise.store.StoreConfig;
import java.util.concurrent.TimeUnit;

/** Whole runs in the store of a folder, without its graph; under default numerics. Stateless. */
public final class StoredPrograms {
  private final RecalledPrograms programs;
  private final boolean readOnly;
  private final Key contract;

  private StoredPrograms(StoreConfig config, BuildMemo build) {
    this.contract = NumericContract.key(build);
    this.programs = new RecalledPrograms(config.folder());
    this.readOnly = config.readOnly();
  }

  /**
   * Those of a store, which may have no graph yet; null when there are none.
   *
   * @param build this one
   */
  public static StoredPrograms of(StoreConfig config, BuildMemo build) {
    return new RecalledPrograms(config.folder()).areThere()
        ? new StoredPrograms(config, build)
        : null;
  }

  private Key keyOf(Key program) {
    return new Key(program.high() ^ contract.high(), program.low() ^ contract.low());
  }

  /** What an earlier run noted, by this build, or null. */
  public byte[] find(Key program) {
    return programs.find(keyOf(program));
  }

  /** Replaces what an earlier run noted by the same in other words. */
  public void refresh(Key program, byte[] record) {
    if (!readOnly) {
      programs.refresh(keyOf(program), record);
    }
  }

  /**
   * Notes that a run was recalled, for whoever opens the graph next.
   *
   * @param parameters what it was given, for people as the next
   * @param version of the program
   */
  public void note(Key program, String script, String parameters, String version, long nanos) {
    if (!readOnly) {
      programs.note(
          keyOf(program),
          ThisRun.facts(script, parameters, version),
          nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }
  }
}
