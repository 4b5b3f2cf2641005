package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How a random program moves its weights, and what it keeps for that.
 *
 * @param states matrices like the weights, zeros at first
 * @param updates lines that move all weights along their gradients
 */
record RandomOptimiser(List<Weight> states, List<String> updates) {
  /** By the number of states: %1 is the weight, %2 and %3 what is kept for it. */
  private static final String[] WITHOUT_STATE = {
    "%1$s = %1$s - lr * g%1$s",
    "%1$s = sgd_update(%1$s, g%1$s, lr)",
    "%1$s = sgd::update(%1$s, g%1$s, lr)",
    "%1$s = sgd_update(%1$s, g%1$s, lr, 0.01)"
  };

  private static final String[] WITH_ONE = {
    "[%1$s, %2$s] = momentum_update(%1$s, g%1$s, lr, 0.9, %2$s)",
    "[%1$s, %2$s] = sgd_momentum::update(%1$s, g%1$s, lr, 0.9, %2$s)",
    "[%1$s, %2$s] = rmsprop::update(%1$s, g%1$s, lr, 0.9, 0.001, %2$s)",
    "[%1$s, %2$s] = nesterov_update(%1$s, g%1$s, lr, 0.9, %2$s)",
    "[%1$s, %2$s] = adagrad_update(%1$s, g%1$s, lr, 0.001, %2$s)",
    "[%1$s, %2$s] = rmsprop_update(%1$s, g%1$s, lr, 0.9, 0.001, %2$s)",
    "%2$s = 0.9 * %2$s - lr * g%1$s\n%1$s = %1$s + %2$s"
  };

  private static final String[] WITH_TWO = {
    "[%1$s, %2$s, %3$s] = adam_update(%1$s, g%1$s, lr, 0.9, 0.99, 0.001, step, %2$s, %3$s)",
    "[%1$s, %2$s, %3$s] = adam::update(%1$s, g%1$s, lr, 0.9, 0.99, 0.001, step, %2$s, %3$s)",
    "[%1$s, %2$s, %3$s] = adamw::update(%1$s, g%1$s, lr, 0.9, 0.99, 0.001, 0.01, step, %2$s, %3$s)",
    "[%1$s, %2$s, %3$s] = adamw_update(%1$s, g%1$s, lr, 0.9, 0.99, 0.001, 0.01, step, %2$s, %3$s)"
  };

  RandomOptimiser {
    states = List.copyOf(states);
    updates = List.copyOf(updates);
  }

  static RandomOptimiser draw(SplittableRandom random, List<Weight> weights) {
    int kept = random.nextInt(3);
    String[] forms = kept == 0 ? WITHOUT_STATE : kept == 1 ? WITH_ONE : WITH_TWO;
    String form = forms[random.nextInt(forms.length)];
    List<Weight> states = new ArrayList<>();
    List<String> updates = new ArrayList<>();
    for (Weight each : weights) {
      String first = "u" + each.name();
      String second = "v" + each.name();
      if (kept > 0) {
        states.add(Weight.constant(first, each.rows(), each.cols(), 0));
      }
      if (kept > 1) {
        states.add(Weight.constant(second, each.rows(), each.cols(), 0));
      }
      updates.addAll(form.formatted(each.name(), first, second).lines().toList());
    }
    return new RandomOptimiser(states, updates);
  }
}
