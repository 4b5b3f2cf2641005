package dev.reprise.testkit;

import java.util.SplittableRandom;

/** What lies in one row between two layers: channels of images, or numbers as 1 x 1 channels. */
record Volume(int channels, int height, int width) {
  static Volume flat(int numbers) {
    return new Volume(numbers, 1, 1);
  }

  int cells() {
    return channels * height * width;
  }

  boolean isImage() {
    return height * width > 1;
  }

  /** A number of steps, {@code most} at most, into which a row can be cut. */
  int someDivisor(SplittableRandom random, int most) {
    int steps = 1 + random.nextInt(Math.min(most, cells()));
    while (cells() % steps != 0) {
      steps--;
    }
    return steps;
  }
}
