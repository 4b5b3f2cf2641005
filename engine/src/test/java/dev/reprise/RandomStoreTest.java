package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import dev.reprise.runtime.Precision;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.EditedScript;
import dev.reprise.testkit.PrintedText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
  private static final int SCRIPTS = Integer.getInteger("reprise.programs", 2);
  private static final int FIRST = Integer.getInteger("reprise.first", 0);
  private static final int VERSIONS = 8;

  @TempDir private Path folder;

  private static SessionConfig options(Random random) {
    SessionConfig config =
        Scripts.config()
            .withReuse(ReuseMode.values()[2 + random.nextInt(4)])
            .withSeed(random.nextInt(3) == 0 ? 7 : 42)
            .withThreads(1 + random.nextInt(3))
            .withDedup(random.nextInt(3) > 0)
            .withFusion(random.nextInt(4) > 0)
            .withPolicy(random.nextBoolean() ? "costnsize" : "lru");
    if (random.nextInt(3) == 0) {
      config = config.withPrecision(Precision.FP32);
    }
    if (random.nextInt(3) > 0) {
      config = config.withNumerics(Numerics.EXACT);
    }
    if (random.nextInt(4) == 0) {
      config = config.withHostBytes(2_000_000);
    }
    if (random.nextInt(6) == 0) {
      config = config.withReuse(random.nextBoolean() ? ReuseMode.NONE : ReuseMode.TRACE);
    }
    return random.nextInt(6) == 0 ? config.withVerifyReuse(1) : config;
  }

  @Test
  void whateverEarlierRunsHaveLeftResultsAreThoseOfTheRunItself() throws IOException {
    for (long seed = FIRST; seed < FIRST + SCRIPTS; seed++) {
      Random random = new Random(seed);
      EditedScript script = new EditedScript(seed);
      StoreConfig store = Scripts.keepingAll(folder.resolve("store" + seed % 10));
      for (int version = 0; version < VERSIONS; version++) {
        // A store that is not there yet cannot be read.
        boolean reads = random.nextInt(5) == 0 && Files.exists(store.folder().resolve("graph.db"));
        check(
            seed + " version " + version,
            script.text(),
            options(random),
            reads ? store.asReadOnly() : store);
        for (int edits = random.nextInt(3); edits > 0; edits--) {
          script.edit();
        }
      }
    }
  }

  private void check(String what, String script, SessionConfig config, StoreConfig store)
      throws IOException {
    Path plain = fresh("plain");
    Path stored = fresh("stored");
    String expected = run(config.withReuse(ReuseMode.NONE).withVerifyReuse(0), plain, script);
    String actual = run(config.withStore(store), stored, script);
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

  /** Recalls a run, before a session or in it, or executes it. */
  private static String run(SessionConfig config, Path folder, String script) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    SessionConfig whole = config.withWorkingDirectory(folder).withOutput(out, out);
    String end = "";
    CompileOptions options = CompileOptions.none();
    if (whole.store() == null || !Reprise.recall(whole, script, options)) {
      try (Session session = Reprise.session(whole)) {
        if (session.recall(script, options) == null) {
          session.compile(script, options).run().close();
        }
      } catch (ScriptException e) {
        end = Endings.MARK + e.getMessage();
      } catch (CompileException e) {
        throw new AssertionError(script + e.diagnostics(), e);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8) + end;
  }
}
