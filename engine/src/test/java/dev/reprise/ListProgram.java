package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A random program on lists that three variables hold, and what it prints by a model, in which each
 * variable has a list of its own. It has 25 steps and prints one of the lists after each.
 */
final class ListProgram {
  private static final int STEPS = 25;

  private final Random random;
  private final StringBuilder script;
  private final StringBuilder expected = new StringBuilder();
  private final Map<String, List<Integer>> model = new HashMap<>();

  /** A step of a program. */
  interface Step {
    /**
     * Appends statements to the script, and does to a list what they do.
     *
     * @param number of the step
     * @param to a variable that may be assigned
     * @param from a variable whose list the step begins with
     * @param list that list, which it may change
     * @return the variable that holds the list then
     */
    String append(
        Random random,
        int number,
        StringBuilder script,
        String to,
        String from,
        List<Integer> list);
  }

  /**
   * @param functions that the program may call
   * @param first what each variable holds first
   * @param numbers likewise, in the model
   */
  ListProgram(Random random, String functions, String first, List<Integer> numbers, Step step) {
    this.random = random;
    this.script = new StringBuilder(functions);
    for (String name : List.of("A", "B", "C")) {
      model.put(name, numbers);
      script.append(name).append(" = ").append(first).append('\n');
    }
    for (int number = 0; number < STEPS; number++) {
      String to = variable();
      String from = variable();
      List<Integer> list = new ArrayList<>(model.get(from));
      model.put(step.append(random, number, script, to, from, list), list);
      show(variable());
    }
  }

  private String variable() {
    return "ABC".charAt(random.nextInt(3)) + "";
  }

  private void show(String name) {
    script.append(
        """
        text = ""
        for (i in 1:length(%1$s)) text = text + " " + sum(as.matrix(%1$s[i]))
        print(text)
        """
            .formatted(name));
    model.get(name).forEach(number -> expected.append(' ').append((double) number));
    expected.append('\n');
  }

  /** Runs it, and asserts that it prints what the model says and leaves nothing behind. */
  void assertThatItPrintsWhatTheModelSays(SessionConfig config) {
    Scripts.Outcome outcome = Scripts.run(config, script.toString());
    assertThat(outcome.output())
        .as("%s%n%s", config.reuse(), script)
        .isEqualTo(expected.toString());
    assertThat(outcome.liveBuffers()).isZero();
  }
}
