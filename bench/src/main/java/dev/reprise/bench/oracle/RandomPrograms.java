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

  /** How a program differs; {@code kind} says who failed. */
  private record Found(String kind, String text) {}

  /** True when all agreed. */
  boolean run() throws IOException, InterruptedException {
    Path file = Files.createTempFile("random", ".dml");
    int differing = 0;
    try {
      for (long seed = options.seed(); seed < options.seed() + options.programs(); seed++) {
        RandomProgram program = ProgramGenerator.program(seed);
        Optional<Found> found = difference(program, file);
        if (found.isPresent()) {
          differing++;
          show(seed, program, found.get(), file);
        }
      }
    } finally {
      Files.delete(file);
    }
    System.out.println(options.programs() + " programs, " + differing + " differ");
    return differing == 0;
  }

  /**
   * Shows the program less every statement without which the rest still differs in the same way.
   * What no longer runs anywhere fails on both systems, hence does not differ.
   */
  private void show(long seed, RandomProgram program, Found found, Path file)
      throws IOException, InterruptedException {
    boolean isSmallest = false;
    while (!isSmallest) {
      isSmallest = true;
      for (RandomProgram smaller : program.smaller()) {
        Optional<Found> still = difference(smaller, file);
        if (still.isPresent() && still.get().kind().equals(found.kind())) {
          program = smaller;
          found = still.get();
          isSmallest = false;
          break;
        }
      }
    }
    System.out.println("seed " + seed + ": " + found.text());
    System.out.println(program.text().indent(4));
  }

  private Optional<Found> difference(RandomProgram program, Path file)
      throws IOException, InterruptedException {
    Files.writeString(file, program.text());
    Answer expected = systems.systemDsOnce(file, Map.of());
    for (String mode : options.modes()) {
      Answer answer = systems.reprise(file, mode, Map.of());
      Optional<String> difference = expected.difference(answer);
      if (difference.isPresent()) {
        String kind = expected.failed() + " " + answer.failed();
        return Optional.of(new Found(kind, "[" + mode + "] " + difference.get()));
      }
    }
    return Optional.empty();
  }
}
