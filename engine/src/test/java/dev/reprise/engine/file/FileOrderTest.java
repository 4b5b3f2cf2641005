package dev.reprise.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.OperandException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What iterations of parfor leave in a file, and see in it, beside the sequential loop. */
class FileOrderTest {
  private static final Path FILE = Path.of("file");
  private static final int OUTER = 3;
  private static final int INNER = 3;

  /** A use of the file: the how manieth of the program, in which iterations. */
  private record Use(int number, int outer, int inner, boolean writes) {}

  /** What a schedule came to: what each use read, the last content, and who was refused. */
  private record Outcome(Map<Integer, Integer> read, int content, Use refused) {}

  @Test
  void whatIsNotRefusedIsAsInTheSequentialLoopAndWhatIsRefusedIsNot() {
    Random random = new Random(7);
    int refused = 0;
    int reordered = 0;
    for (int round = 0; round < 20_000; round++) {
      List<Use> program = program(random);
      List<Use> schedule = schedule(program, random);
      Outcome sequential = run(program);
      Outcome parallel = run(schedule);
      assertThat(sequential.refused).isNull();
      if (parallel.refused == null) {
        assertThat(parallel).as("%s as %s", program, schedule).isEqualTo(sequential);
        reordered += schedule.equals(program) ? 0 : 1;
      } else {
        refused++;
        // A read that is refused would have seen what a later one wrote; before a write that is
        // refused another use has read something else than in the sequential loop.
        boolean sawAnother =
            parallel.read.entrySet().stream()
                .anyMatch(read -> !read.getValue().equals(sequential.read.get(read.getKey())));
        assertThat(sawAnother || !parallel.refused.writes)
            .as("%s as %s", program, schedule)
            .isTrue();
      }
    }
    assertThat(refused).isBetween(2_000, 18_000);
    assertThat(reordered).isGreaterThan(1_000);
  }

  @Test
  void whatALaterIterationWroteMeanwhileIsGivenUp() {
    FileOrder loop = new FileOrder(null);
    List<String> givenUp = new ArrayList<>();
    assertThatThrownBy(() ->
            FileOrder.read(
                new FileOrder.Place(loop, 0),
                FILE,
                () -> {
                  FileOrder.write(new FileOrder.Place(loop, 1), FILE, () -> {});
                  return "content";
                },
                givenUp::add))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("iteration 1 of the parfor reads")
        .hasMessageContaining("iteration 2 has written already");
    assertThat(givenUp).containsExactly("content");
  }

  private static List<Use> program(Random random) {
    List<Use> uses = new ArrayList<>();
    for (int outer = 0; outer < OUTER; outer++) {
      for (int inner = 0; inner < INNER; inner++) {
        for (int i = random.nextInt(3); i > 0; i--) {
          uses.add(new Use(uses.size(), outer, inner, random.nextInt(3) == 0));
        }
      }
    }
    return uses;
  }

  /** The program in another order, in which the uses of one innermost iteration keep theirs. */
  private static List<Use> schedule(List<Use> program, Random random) {
    List<Use> left = new ArrayList<>(program);
    List<Use> schedule = new ArrayList<>();
    while (!left.isEmpty()) {
      // Mostly one of the first, so that some schedules pass.
      Use any = left.get(Math.min(random.nextInt(left.size()), random.nextInt(4)));
      Use next =
          left.stream()
              .filter(use -> use.outer == any.outer && use.inner == any.inner)
              .findFirst()
              .orElseThrow();
      left.remove(next);
      schedule.add(next);
    }
    return schedule;
  }

  private static Outcome run(List<Use> schedule) {
    FileOrder loop = new FileOrder(null);
    Map<Integer, FileOrder> inner = new HashMap<>();
    Map<Integer, Integer> read = new HashMap<>();
    int[] content = {-1};
    for (Use use : schedule) {
      FileOrder.Place outer = new FileOrder.Place(loop, use.outer);
      FileOrder.Place place =
          new FileOrder.Place(
              inner.computeIfAbsent(use.outer, o -> new FileOrder(outer)), use.inner);
      try {
        if (use.writes) {
          FileOrder.write(place, FILE, () -> content[0] = use.number);
        } else {
          read.put(use.number, FileOrder.read(place, FILE, () -> content[0], c -> {}));
        }
      } catch (OperandException e) {
        return new Outcome(read, content[0], use);
      }
    }
    return new Outcome(read, content[0], null);
  }
}
