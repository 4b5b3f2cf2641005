package dev.reprise.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.OperandException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs of uses of files in random orders: what iterations of parfor leave in files, and
 * see in them, is what the sequential loop would have, or they are refused.
 */
class RandomFileOrderTest {
  private static final int OUTER = 3;

  private static final int INNER = 3;

  /** Names of the places of the test by those that lead there. */
  private static final Map<String, String> REAL =
      Map.of(
          "d", "d",
          "d/a", "d/a",
          "d/a.mtd", "d/a.mtd",
          "d/b", "d/b",
          "e", "d",
          "e/a", "d/a",
          "l", "d/a");

  private enum Kind {
    READS,
    LOOKS,
    WRITES,
    SAVES;

    boolean isWrite() {
      return this == WRITES || this == SAVES;
    }

    FileUse of(Path file) {
      return switch (this) {
        case READS -> LoopFiles.reads(file);
        case LOOKS -> FileUse.looks(file);
        case WRITES -> FileUse.writes(file);
        case SAVES -> FileUse.saves(file);
      };
    }
  }

  /** A use of a file: the how manieth of the program, in which iterations; none to give up. */
  private record Use(int number, int outer, int inner, Kind kind, String name) {
    boolean isOf(Use other) {
      return outer == other.outer && inner == other.inner;
    }

    boolean isGivingUp() {
      return kind == null;
    }

    boolean writes() {
      return kind != null && kind.isWrite();
    }
  }

  /** What a schedule came to: what each use read, the last content, and who was refused. */
  private record Outcome(
      Map<Integer, Map<String, Integer>> read, Map<String, Integer> content, Use refused) {}

  @TempDir private Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    folder = LoopFiles.makeIn(folder);
  }

  @Test
  void whatIsNotRefusedIsAsInTheSequentialLoopAndWhatIsRefusedIsNot() {
    Random random = new Random(7);
    int refused = 0;
    int reordered = 0;
    int givenUp = 0;
    for (int round = 0; round < 20_000; round++) {
      List<Use> program = program(random, List.of("d/a"), List.of(Kind.LOOKS, Kind.SAVES));
      List<Use> schedule = schedule(program, random);
      Outcome sequential = run(program);
      Outcome parallel = run(schedule);
      assertThat(sequential.refused).isNull();
      givenUp += (int) schedule.stream().filter(Use::isGivingUp).count();
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
        assertThat(sawAnother || !parallel.refused.writes())
            .as("%s as %s", program, schedule)
            .isTrue();
      }
    }
    assertThat(refused).isBetween(2_000, 18_000);
    assertThat(reordered).isGreaterThan(1_000);
    assertThat(givenUp).isGreaterThan(1_000);
  }

  /** With folders and their parts, what lies beside files, and links. */
  @Test
  void whatIsNotRefusedIsAsInTheSequentialLoopByWhateverName() {
    Random random = new Random(11);
    int refused = 0;
    int reordered = 0;
    for (int round = 0; round < 3_000; round++) {
      List<String> names = new ArrayList<>(REAL.keySet().stream().sorted().toList());
      while (names.size() > 3) {
        names.remove(random.nextInt(names.size()));
      }
      List<Use> program = program(random, names, List.of(Kind.values()));
      List<Use> schedule = schedule(program, random);
      Outcome sequential = run(program);
      Outcome parallel = run(schedule);
      assertThat(sequential.refused).isNull();
      if (parallel.refused == null) {
        assertThat(parallel).as("%s as %s", program, schedule).isEqualTo(sequential);
        reordered += schedule.equals(program) ? 0 : 1;
      } else {
        refused++;
        assertThat(hasTurnedAround(schedule)).as("%s as %s", program, schedule).isTrue();
      }
    }
    assertThat(refused).isBetween(300, 2_700);
    assertThat(reordered).isGreaterThan(150);
  }

  /** Whether of two uses of places that touch, one of them a write, the later came first. */
  private static boolean hasTurnedAround(List<Use> schedule) {
    for (int i = 0; i < schedule.size(); i++) {
      for (Use later : schedule.subList(i + 1, schedule.size())) {
        Use use = schedule.get(i);
        boolean touches =
            !use.isGivingUp()
                && !later.isGivingUp()
                && (use.writes() || later.writes())
                && places(use).stream()
                    .anyMatch(a ->
                        places(later).stream()
                            .anyMatch(b -> Path.of(a).startsWith(b) || Path.of(b).startsWith(a)));
        if (touches && use.number > later.number) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<Use> program(Random random, List<String> names, List<Kind> kinds) {
    List<Use> uses = new ArrayList<>();
    for (int outer = 0; outer < OUTER; outer++) {
      for (int inner = 0; inner < INNER; inner++) {
        for (int i = random.nextInt(3); i > 0; i--) {
          String name = names.get(random.nextInt(names.size()));
          boolean writes = random.nextInt(3) == 0;
          List<Kind> possible = kinds.stream().filter(kind -> kind.isWrite() == writes).toList();
          Kind kind = possible.get(random.nextInt(possible.size()));
          uses.add(new Use(uses.size(), outer, inner, kind, name));
        }
      }
    }
    return uses;
  }

  /**
   * The program in another order, in which the uses of one innermost iteration keep theirs. Some
   * iterations that have written nothing are given up, and run again.
   */
  private static List<Use> schedule(List<Use> program, Random random) {
    List<Use> left = new ArrayList<>(program);
    List<Use> schedule = new ArrayList<>();
    while (!left.isEmpty()) {
      // Mostly one of the first, so that some schedules pass.
      Use any = left.get(Math.min(random.nextInt(left.size()), random.nextInt(4)));
      Use next = left.stream().filter(any::isOf).findFirst().orElseThrow();
      List<Use> done =
          program.stream().filter(use -> use.isOf(next) && use.number < next.number).toList();
      if (!done.isEmpty() && done.stream().noneMatch(Use::writes) && random.nextInt(4) == 0) {
        schedule.add(new Use(-1, next.outer, next.inner, null, null));
        left.addAll(done);
        left.sort(Comparator.comparingInt(Use::number));
      } else {
        left.remove(next);
        schedule.add(next);
      }
    }
    return schedule;
  }

  private Outcome run(List<Use> schedule) {
    FileOrder loop = new FileOrder(null);
    Map<Integer, FileOrder> loops = new HashMap<>();
    Map<Integer, FileOrder.Place> outer = new HashMap<>();
    Map<List<Integer>, FileOrder.Place> inner = new HashMap<>();
    Map<Integer, Map<String, Integer>> read = new HashMap<>();
    Map<String, Integer> content = new TreeMap<>();
    for (int i = 0; i < schedule.size(); i++) {
      Use use = schedule.get(i);
      FileOrder.Place around = outer.computeIfAbsent(use.outer, o -> LoopFiles.place(loop, o));
      FileOrder within = loops.computeIfAbsent(use.outer, _ -> new FileOrder(around));
      FileOrder.Place place =
          inner.computeIfAbsent(
              List.of(use.outer, use.inner), _ -> LoopFiles.place(within, use.inner));
      if (use.isGivingUp()) {
        place.givenUp();
        inner.remove(List.of(use.outer, use.inner));
        schedule.stream().filter(use::isOf).forEach(again -> read.remove(again.number));
        continue;
      }
      FileUse file = use.kind.of(folder.resolve(use.name));
      try {
        if (use.writes()) {
          FileOrder.write(place, file, () -> write(use, content));
        } else {
          read.put(use.number, FileOrder.read(place, file, () -> seen(use, content), _ -> {}));
        }
      } catch (OperandException e) {
        return new Outcome(read, content, use);
      }
      List<Use> left = schedule.subList(i + 1, schedule.size());
      if (left.stream().noneMatch(use::isOf)) {
        place.ended();
      }
      if (left.stream().noneMatch(other -> other.outer == use.outer)) {
        around.ended();
      }
    }
    return new Outcome(read, content, null);
  }

  private static List<String> places(Use use) {
    String real = REAL.get(use.name);
    return switch (use.kind) {
      case READS -> List.of(real, real + ".mtd");
      case WRITES -> List.of(real, real + ".mtd", real + ".lineage");
      case LOOKS, SAVES -> List.of(real);
    };
  }

  /** A file or folder that is written replaces all that was there; its folder is there then. */
  private static void write(Use use, Map<String, Integer> content) {
    for (String place : places(use)) {
      content.keySet().removeIf(file -> Path.of(file).startsWith(place));
      content.put(place, use.number);
    }
  }

  private static Map<String, Integer> seen(Use use, Map<String, Integer> content) {
    Map<String, Integer> seen = new TreeMap<>(content);
    List<String> places = places(use);
    seen.keySet()
        .removeIf(file ->
            places.stream()
                .noneMatch(
                    place -> Path.of(file).startsWith(place) || Path.of(place).startsWith(file)));
    return seen;
  }
}
