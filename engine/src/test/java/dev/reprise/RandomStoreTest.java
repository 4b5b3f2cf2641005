package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.EditedScript;
import dev.reprise.testkit.PrintedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One store for the versions of a script that somebody works on, run with changing options: each
 * run prints and writes what it prints and writes without reuse and without a store, to the last
 * bit where numerics are exact.
 */
class RandomStoreTest {
  /** More with {@code -Dreprise.programs=N}, others with {@code -Dreprise.first=SEED}. */
  private static final int SCRIPTS = Integer.getInteger("reprise.programs", 2);

  private static final int FIRST = Integer.getInteger("reprise.first", 10);
  private static final int VERSIONS = 8;

  @TempDir private Path folder;

  /** The options of the next run, mostly those of the last one but for one of them. */
  private static SessionConfig changed(SessionConfig config, Random random) {
    return switch (random.nextInt(14)) {
      case 0 -> config.withReuse(ReuseMode.values()[random.nextInt(ReuseMode.values().length)]);
      case 1 -> config.withReuse(ReuseMode.HYBRID);
      case 2, 3 -> config.withSeed(config.seed().getAsLong() == 7 ? 42 : 7);
      case 4 -> config.withThreads(1 + random.nextInt(3));
      case 5 -> config.withDedup(!config.dedup());
      case 6 -> config.withFusion(!config.fusion());
      case 7 -> config.withPolicy(config.policy().equals("lru") ? "costnsize" : "lru");
      case 8, 9 ->
          config.withPrecision(
              config.precision() == Precision.FP64 ? Precision.FP32 : Precision.FP64);
      case 10, 11 ->
          config.withNumerics(
              config.numerics() == Numerics.EXACT ? Numerics.DEFAULT : Numerics.EXACT);
      case 12 -> config.withHostBytes(random.nextBoolean() ? 4_000_000 : 1L << 30);
      default -> config.withVerifyReuse(random.nextInt(2));
    };
  }

  @Test
  void whateverEarlierRunsHaveLeftResultsAreThoseOfTheRunItself() throws IOException {
    for (long seed = FIRST; seed < FIRST + SCRIPTS; seed++) {
      Random random = new Random(seed);
      EditedScript script = new EditedScript(seed);
      StoreConfig store = Scripts.keepingAll(folder.resolve("store" + seed % 10));
      SessionConfig config = Scripts.config();
      for (int version = 0; version < VERSIONS; version++) {
        // A store that is not there yet cannot be read.
        boolean reads = random.nextInt(5) == 0 && Files.exists(store.folder().resolve("graph.db"));
        check(
            seed + " version " + version,
            script.text(),
            config,
            reads ? store.asReadOnly() : store);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
          config = changed(config, random);
        }
        for (int edits = random.nextInt(3) - 1; edits > 0; edits--) {
          script.edit();
        }
      }
      assertThat(found(store, script.text())).as(script.text()).isPositive();
    }
  }

  /** How much of a script that runs again is in the store. */
  private long found(StoreConfig store, String script) throws IOException {
    SessionConfig config = Scripts.config().withStore(store).withWorkingDirectory(fresh("stored"));
    Scripts.run(config, script + "print(1)\n");
    StoreUse use = Scripts.run(config, script + "print(2)\n").statistics().store();
    return use.hits() + use.regions();
  }

  private void check(String what, String script, SessionConfig config, StoreConfig store)
      throws IOException {
    Path plain = fresh("plain");
    Path stored = fresh("stored");
    SessionConfig none =
        config.withReuse(ReuseMode.NONE).withVerifyReuse(0).withWorkingDirectory(plain);
    String expected = Endings.of(none, script);
    SessionConfig kept = config.withStore(store).withWorkingDirectory(stored);
    String actual = Endings.recalledOf(kept, script);
    if (config.numerics() == Numerics.EXACT) {
      assertThat(actual).as("%s %s%n%s", what, config, script).isEqualTo(expected);
    } else {
      double tolerance = config.precision() == Precision.FP32 ? 1e-2 : 1e-9;
      Optional<String> difference = PrintedText.difference(expected, actual, tolerance);
      assertThat(difference).as("%s %s%n%s", what, config, script).isEmpty();
    }
    try (Stream<Path> files = Files.list(plain)) {
      for (Path file : files.toList()) {
        Path other = stored.resolve(file.getFileName());
        assertThat(other).as(what).exists();
        if (config.numerics() == Numerics.EXACT) {
          assertThat(other).as(what).hasSameBinaryContentAs(file);
        }
      }
    }
  }

  /** A folder with the data alone. */
  private Path fresh(String name) throws IOException {
    Path fresh = folder.resolve(name);
    if (Files.exists(fresh)) {
      try (Stream<Path> files = Files.list(fresh)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    } else {
      Files.createDirectory(fresh);
    }
    Random cells = new Random(5);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < EditedScript.ROWS; row++) {
      for (int column = 0; column < EditedScript.COLUMNS; column++) {
        text.append(column == 0 ? "" : ",").append(cells.nextInt(1000) / 100.0 - 5);
      }
      text.append('\n');
    }
    return Files.writeString(fresh.resolve(EditedScript.DATA), text).getParent();
  }
}
