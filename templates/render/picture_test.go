package render

import "testing"

func FuzzJPEG(f *testing.F) {
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8, 0, 60, 0, 40, 3, 0, 0, 0})
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xFF, 0xC2, 0, 11, 8, 0, 1, 0, 1, 1, 0, 0, 0})
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xD0, 0xFF, 0xDA, 0, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := parseJPEG(data)
		if err == nil && (info.width <= 0 || info.height <= 0 || info.components != 1 && info.components != 3) {
			t.Errorf("accepted %+v", info)
		}
	})
}
