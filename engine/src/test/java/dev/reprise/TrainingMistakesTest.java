package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments of the library's trainings that cannot be meant are told in a sentence. */
class TrainingMistakesTest {
  private static final String DATA =
      """
      X = rand(rows=6, cols=64, min=-1, seed=1)
      c = matrix("1 2 3 1 2 3", 6, 1)
      Y = toOneHot(c, 3)
      V = X[1:2, ]
      T = Y[1:2, ]
      half = Y * 0.5
      odd = Y
      odd[4, 2] = matrix(1, 1, 1)
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X, Y[1:5, ], V, T, 1, 8, 8 | X has 6 rows, but Y has 5
          X, Y, V, T, 1, 8, 9 | images of 1 x 8 x 9 cells need as many columns of X, which has 64
          X, Y, V, T, 1, 32, 2 | Hin and Win must be multiples of 4, but are 32 and 2
          X, Y, V, T, -1, -8, 8 | C, Hin and Win must be at least 1, but are -1, -8 and 8
          X, Y, V, T, 1, 8, 8, epochs=0 | batch_size and epochs must be at least 1, but are 64 and 0
          X, Y, V, T, 1, 8, 8, batch_size=0 | batch_size and epochs must be at least 1, but are 0 and 20
          X, c, V, c[1:2, ], 1, 8, 8 | Y needs one column for each class, two at least, but has 1; write toOneHot(Y, numClasses) of classes from 1
          X, half, V, T, 1, 8, 8 | but in row 1 the least is 0.0 and the sum 0.5
          X, odd, V, T, 1, 8, 8 | each row of Y has a 1 in the column of its class (toOneHot), or probabilities that add up to 1, but in row 4 the least is 0.0 and the sum 2.0
          X, Y * 3 - 2 / 3, V, T, 1, 8, 8 | but in row 1 the least is -0.6
          X, Y, V, T[1, ], 1, 8, 8 | X_val has 2 rows, but Y_val has 1
          X, Y, V[, 1:32], T, 1, 8, 8 | X_val and Y_val must have the columns of X and Y, 64 and 3, but have 32 and 3
          X, Y, V, half[1:2, ], 1, 8, 8 | each row of Y_val has a 1
          """)
  void lenetTrainSaysWhatItNeeds(String arguments, String message) {
    assertStops("m = lenetTrain(" + arguments + ")", "lenetTrain: ", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X=X, Y=Y[1:5, ] | X has 6 rows, but Y has 5
          X=X, Y=Y, epochs=0 | batch_size and epochs must be at least 1, but are 64 and 0
          X=X, Y=Y, batch_size=-1 | batch_size and epochs must be at least 1, but are -1 and 20
          X=X, Y=Y, validation_split=1 | validation_split must be from 0 to less than 1, but is 1
          X=X, Y=Y, validation_split=NaN | validation_split must be from 0 to less than 1, but is NaN
          X=matrix(0, 6, 0), Y=Y | X and Y must have columns, but have 0 and 3
          X=X, Y=c | with loss_fcn cel Y has numbers from 0 to 1, one column for each class (toOneHot), but in row 2
          X=X, Y=c == 1 | the softmax of a single column is always 1, so Y needs one column for each class (toOneHot), or sigmoid instead
          """)
  void ffTrainSaysWhatItNeeds(String arguments, String message) {
    assertStops(
        "m = ffTrain(" + arguments + ", out_activation=\"softmax\", loss_fcn=\"cel\")",
        "ffTrain: ",
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X, 0, 2, 1 | num_hidden1, num_hidden2 and batch_size must be at least 1, but are 0, 2 and 256
          X, 2, 0, 1 | num_hidden1, num_hidden2 and batch_size must be at least 1, but are 2, 0 and 256
          X, 2, 1, 0 | max_epochs must be at least 1, but is 0
          X[1, ], 2, 1, 1 | X needs two rows, since columns are divided by what they deviate, and a column, but is 1 x 64
          matrix(0, 6, 0), 2, 1, 1 | X needs two rows, since columns are divided by what they deviate, and a column, but is 6 x 0
          X, 2, 1, 1, W1_rand=X | W1_rand must be 2 x 64, but is 6 x 64
          """)
  void autoencoderSaysWhatItNeeds(String arguments, String message) {
    assertStops(
        "[a, b, c, d, e, f, g, h, i] = autoencoder_2layer(" + arguments + ")",
        "autoencoder_2layer: ",
        message);
  }

  /** As in SystemDS, where small data meet the usual batch sizes. */
  @Test
  void aBatchLargerThanTheDataIsAllOfThem() {
    String calls =
        """
        sizes = list(6, 600)
        for (k in 1:2) {
          size = as.scalar(sizes[k])
          m = lenetTrain(X, Y, V, T, 1, 8, 8, batch_size=size, epochs=2, seed=1)
          f = ffTrain(X=X, Y=Y, out_activation="softmax", loss_fcn="cel", batch_size=size, epochs=2, seed=1)
          [a, b, c, d, e, g, h, i, z] = autoencoder_2layer(X, 2, 1, 2, batch_size=size, W1_rand=X[1:2, ], W2_rand=X[1, 1:2],
            W3_rand=t(X[1, 1:2]), W4_rand=t(X[1:2, ]), order_rand=X[, 1])
          if (k == 1) {
            weights = as.matrix(m["W4"]); others = as.matrix(f["W2"]); hidden = z
          }
        }
        print(sum(weights != as.matrix(m["W4"])) + sum(others != as.matrix(f["W2"])) + sum(hidden != z))
        """;
    assertThat(Scripts.run(DATA + calls).output()).endsWith("\n0.0\n");
  }

  private static void assertStops(String call, String function, String message) {
    ScriptException failure = Scripts.failure(Scripts.config(), DATA + call + "\n");
    assertThat(failure).hasMessageContaining(function).hasMessageContaining(message);
  }
}
