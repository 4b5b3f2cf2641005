package dev.reprise.testkit;

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
}
