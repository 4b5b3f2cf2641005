package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of the training of lists of layers are those of the optimizers. */
class SequentialOptimizersTest {
  /** The second of two steps, whose averages are no zeros, of a weight within and one without. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sgd | list(decay=0.1) | V = sgd_update(V, G, 0.05, 0.1)
          momentum | list(mu=0.8, decay=0.1) | [V, m] = momentum_update(V, G, 0.05, 0.8, m, 0.1)
          nesterov | list(mu=0.8, decay=0.1) | [V, m] = nesterov_update(V, G, 0.05, 0.8, m, 0.1)
          adagrad | list(epsilon=0.001) | [V, m] = adagrad_update(V, G, 0.05, 0.001, m)
          rmsprop | list(decay_rate=0.9, epsilon=0.001) | [V, m] = rmsprop_update(V, G, 0.05, 0.9, 0.001, m)
          adam | list(beta1=0.8, beta2=0.9, epsilon=0.001) | [V, m, v] = adam_update(V, G, 0.05, 0.8, 0.9, 0.001, k - 1, m, v)
          adamw | list(beta1=0.8, beta2=0.9, epsilon=0.001, lambda=0.1) | [V, m, v] = adamw_update(V, G, 0.05, 0.8, 0.9, 0.001, 0.1, k - 1, m, v)
          """)
  void stepsAreThoseOfTheBuiltinFunctions(String optimizer, String settings, String step) {
    String output =
        Scripts.output(
            """
            source("nn/sequential_optim.dml") as optim
            W = rand(rows=3, cols=3, min=-1, seed=1)
            G = rand(rows=3, cols=3, min=-1, seed=2)
            b = matrix(0.5, 1, 3)
            affine = list(layer="affine", W=W, b=b)
            model = list(list(layer="residual", main=list(affine, list(layer="relu")), shortcut=list()), affine)
            g = list(W=G, b=b)
            gradients = list(list(main=list(g, list()), shortcut=list()), g)
            state = optim::init(model, "OPTIMIZER")
            V = W
            m = matrix(0, 3, 3)
            v = m
            for (k in 1:2) {
              [model, state] = optim::update(model, gradients, state, "OPTIMIZER", 0.05, SETTINGS)
              STEP
            }
            outer = as.list(model[2])
            first = as.list(model[1])
            main = as.list(first["main"])
            inner = as.list(main[1])
            print(sum(as.matrix(outer["W"]) != V) + sum(as.matrix(inner["W"]) != V))
            print(sum(V != W))
            """
                .replace("OPTIMIZER", optimizer)
                .replace("SETTINGS", settings)
                .replace("STEP", step));
    assertThat(output).isEqualTo("0.0\n9.0\n");
  }

  /** Two epochs of one batch are two steps by hand, the second of half the size. */
  @Test
  void stepsShrinkAfterEachEpoch() {
    String output =
        Scripts.output(
            """
            X = rand(rows=8, cols=3, seed=1)
            Y = rowSums(X)
            W = rand(rows=3, cols=1, seed=2)
            model = list(list(layer="affine", W=W, b=matrix(0, 1, 1)))
            [trained, losses] = sequentialTrain(X=X, Y=Y, model=model, loss="l2", optimizer="sgd", lr=0.1, decay=0.5, batch_size=8, epochs=2)
            b = matrix(0, 1, 1)
            for (k in 1:2) {
              d = (X %*% W + b - Y) / 8
              W = W - 0.2 / 2^k * (t(X) %*% d)
              b = b - 0.2 / 2^k * colSums(d)
            }
            own = as.list(trained[1])
            print(max(abs(as.matrix(own["W"]) - W)) < 1e-14 & max(abs(as.matrix(own["b"]) - b)) < 1e-14)
            """);
    assertThat(output).isEqualTo("TRUE\n");
  }
}
