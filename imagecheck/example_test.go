package imagecheck_test

import (
	"context"
	"fmt"

	"antin/imagecheck"
)

func ExampleCheck() {
	rules, _ := imagecheck.RulesFor("nd219-2025")
	res, err := imagecheck.Check(context.Background(), []byte("\x89PNG\r\n\x1a\n..."), rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Verdict)
	fmt.Println(res.Measures[0].Message)
	// Output:
	// fail
	// Đây là tệp PNG, không phải ảnh JPEG hoặc JPEG 2000. Hãy lưu ảnh thành JPEG rồi gửi lại.
}
