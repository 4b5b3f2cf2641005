package dev.reprise.bench.oracle;

import dev.reprise.testkit.ProgramGenerator;
import dev.reprise.testkit.RandomProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Compares the systems on programs from the generator, and makes those that differ small. */
final class RandomPrograms {
  private final OracleOptions options;
  private final Systems systems;

  RandomPrograms(OracleOptions options, Systems systems) {
    this.options = options;
    this.systems = systems;
  }

  /** True when all agreed. */
  boolean run() throws IOException, InterruptedException {
    Path file = Files.createTempFile("random", ".dml");
    int differing = 0;
    try {
      for (long seed = options.seed(); seed < options.seed() + options.programs(); seed++) {
        RandomProgram program = ProgramGenerator.program(seed);
        if (difference(program, file).isPresent()) {
          differing++;
          RandomProgram small = smallest(program, file);
          System.out.println("seed " + seed + ": " + difference(small, file).orElse("?"));
          System.out.println(small.text().indent(4));
        }
      }
    } finally {
      Files.delete(file);
    }
    System.out.println(options.programs() + " programs, " + differing + " differ");
    return differing == 0;
  }

  /**
   * Leaves out statements as long as what remains still differs. What no longer runs anywhere fails
   * on both systems, hence does not differ.
   */
  private RandomProgram smallest(RandomProgram program, Path file)
      throws IOException, InterruptedException {
    for (RandomProgram smaller : program.smaller()) {
      if (difference(smaller, file).isPresent()) {
        return smallest(smaller, file);
      }
    }
    return program;
  }

  private Optional<String> difference(RandomProgram program, Path file)
      throws IOException, InterruptedException {
    Files.writeString(file, program.text());
    Answer expected = systems.systemDsOnce(file, Map.of());
    for (String mode : options.modes()) {
      Optional<String> difference = expected.difference(systems.reprise(file, mode, Map.of()));
      if (difference.isPresent()) {
        return difference.map(text -> "[" + mode + "] " + text);
      }
    }
    return Optional.empty();
  }
}
