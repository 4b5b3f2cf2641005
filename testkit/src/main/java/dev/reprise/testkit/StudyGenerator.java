package dev.reprise.testkit;

import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random scripts around trainings: a table is encoded, models are fitted with mini-batches, early
 * stopping and rates that fall, hyper-parameters are compared, and what came out is bound, sorted
 * and printed. Models are lists, functions have several results and are called by name. Every
 * script is made of some {@link StudyStages}, which come in any order and more than once, so that
 * most values come again.
 */
final class StudyGenerator {
  private final SplittableRandom random;
  private final StudyStages stages;

  StudyGenerator(SplittableRandom random) {
    this.random = random;
    stages = new StudyStages(random);
  }

  RandomProgram program() {
    List<Statement> program = new ArrayList<>(StudyText.functions(random));
    program.addAll(StudyText.data(random));
    List<List<Statement>> drawn = new ArrayList<>();
    for (int count = 3 + random.nextInt(4); count > 0; count--) {
      drawn.add(stages.draw());
    }
    // The same stage again, unchanged.
    for (int count = random.nextInt(3); count > 0; count--) {
      drawn.add(drawn.get(random.nextInt(drawn.size())));
    }
    drawn.forEach(program::addAll);
    return new RandomProgram(program);
  }
}
